"""Signs in to the emulator with Microsoft's Python SDK in every way that podid's users do, uses each token, and prints what came back.

Its twin in Go is ../go/main.go; ../../interop.rs runs both. The names of their environment are in ../README.md.
"""

import base64
import json
import os
import sys
import time

import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from azure.mgmt.msi import ManagedServiceIdentityClient

ARM = "https://management.azure.com/.default"
VAULT = "https://vault.azure.net/.default"


def env(name):
    """A variable that must be set."""
    if not os.environ.get(name):
        sys.exit(f"{name} is not set; run this program through tests/interop.rs")
    return os.environ[name]


def entra():
    """Where to sign in; the emulator's authority is in no public list, so it is not looked up there."""
    return {"authority": env("AZURE_AUTHORITY_HOST"), "disable_instance_discovery": True}


def operator(secret=None):
    """The signed-in operator, or one with another secret."""
    secret = secret or env("AZURE_CLIENT_SECRET")
    return ClientSecretCredential(env("AZURE_TENANT_ID"), env("AZURE_CLIENT_ID"), secret, **entra())


def resource_manager(credential):
    """The SDK's client for managed identities."""
    return ManagedServiceIdentityClient(
        credential, env("AZURE_SUBSCRIPTION_ID"), base_url=env("PODID_ARM_ENDPOINT"), credential_scopes=[ARM]
    )


def claims(credential, scope):
    """Gets a token and says whom and what it is for."""
    token = credential.get_token(scope)
    if token.expires_on < time.time() + 600:
        raise RuntimeError(f"the token ends in {token.expires_on - time.time()} s")
    _, payload, _ = token.token.split(".")
    everything = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return {name: everything[name] for name in ("appid", "tid", "aud")}


def failure(credential, text):
    """Checks that signing in fails with this text, as the SDK's error for a failed sign-in."""
    try:
        credential.get_token(ARM)
    except ClientAuthenticationError as error:
        if text not in str(error):
            raise
        return {"error": text}
    raise RuntimeError(f"expected a failed sign-in with {text!r}")


def greeting(credential):
    """Reads the protected secret."""
    token = credential.get_token(VAULT).token
    answer = requests.get(env("INTEROP_SECRET_URL"), headers={"Authorization": f"Bearer {token}"}, timeout=30)
    answer.raise_for_status()
    return answer.json()["value"]


def client_secret():
    """Also reads through Resource Manager: sign-in, token, list and model fit together."""
    credential = operator()
    found = resource_manager(credential).user_assigned_identities.list_by_resource_group(env("PODID_RESOURCE_GROUP"))
    return claims(credential, ARM) | {"identities": sorted(identity.name for identity in found)}


def wrong_secret():
    """Must fail the way Entra fails."""
    return failure(operator("wrong"), "AADSTS7000215")


def certificate():
    """Signs its own assertion."""
    credential = CertificateCredential(
        env("AZURE_TENANT_ID"), env("AZURE_CLIENT_ID"), certificate_path=env("INTEROP_CERTIFICATE"), **entra()
    )
    return claims(credential, ARM)


def managed_identity():
    """Asks the metadata service of a node, as a pod would, and reads a secret with the token."""
    by_client = ManagedIdentityCredential(client_id=env("INTEROP_IDENTITY"))
    by_resource = ManagedIdentityCredential(identity_config={"resource_id": env("INTEROP_IDENTITY_RESOURCE")})
    result, again = claims(by_client, VAULT), claims(by_resource, ARM)
    if result["appid"] != again["appid"]:
        raise RuntimeError(f"by resource id: {again['appid']}, by client id: {result['appid']}")
    return result | {"greeting": greeting(by_client)}


def foreign_identity():
    """Asks a node for an identity that it does not hold."""
    credential = ManagedIdentityCredential(client_id="00000000-0000-0000-0000-00000000ffff")
    return failure(credential, "Identity not found")


def app_service():
    """Speaks the protocol of App Service, which the variables switch on for this step alone."""
    names = {"IDENTITY_ENDPOINT": "INTEROP_IDENTITY_ENDPOINT", "IDENTITY_HEADER": "INTEROP_IDENTITY_HEADER"}
    os.environ.update({to: env(source) for to, source in names.items()})
    try:
        return claims(ManagedIdentityCredential(), ARM)
    finally:
        for name in names:
            del os.environ[name]


def workload_identity():
    """Makes the trust with the SDK, then trades the token of a Kubernetes service account for one of Entra."""
    trust = resource_manager(operator()).federated_identity_credentials
    where = (env("PODID_RESOURCE_GROUP"), env("INTEROP_IDENTITY_RESOURCE").rsplit("/", 1)[1], "interop-python")
    trust.create_or_update(
        *where,
        {
            "properties": {
                "issuer": env("INTEROP_ISSUER"),
                "subject": env("INTEROP_SUBJECT"),
                "audiences": ["api://AzureADTokenExchange"],
            }
        },
    )
    # Not through AZURE_FEDERATED_TOKEN_FILE: where it is set, ManagedIdentityCredential reads it too instead of asking IMDS.
    credential = WorkloadIdentityCredential(
        client_id=env("INTEROP_IDENTITY"), token_file_path=env("INTEROP_TOKEN_FILE"), **entra()
    )
    result = claims(credential, VAULT) | {"greeting": greeting(credential)}
    trust.delete(*where)
    return result


def as_pod(**how):
    """Asks at the metadata service's fixed address and reads a secret; what fails is part of the result."""
    credential = ManagedIdentityCredential(**how)
    try:
        return claims(credential, VAULT) | {"greeting": greeting(credential)}
    except ClientAuthenticationError as error:
        return {"error": str(error)}


def pod():
    """Each way in which a pod may name its identity; not every pod may have what it asks for."""
    return {
        "byDefault": as_pod(),
        "clientId": as_pod(client_id=env("INTEROP_IDENTITY")),
        "resourceId": as_pod(identity_config={"resource_id": env("INTEROP_IDENTITY_RESOURCE")}),
    }


STEPS = {
    "clientSecret": client_secret,
    "wrongSecret": wrong_secret,
    "certificate": certificate,
    "managedIdentity": managed_identity,
    "foreignIdentity": foreign_identity,
    "appService": app_service,
    "workloadIdentity": workload_identity,
}


def main():
    if sys.argv[1:] == ["pod"]:
        print(json.dumps(pod()))
        return
    results = {}
    for name, step in STEPS.items():
        try:
            results[name] = step()
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            raise
    print(json.dumps(results))


if __name__ == "__main__":
    main()
