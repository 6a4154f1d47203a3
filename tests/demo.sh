#!/bin/sh
# podid's main job on a sandbox: from nothing to a secret that is read with a pod's identity, and back.
#
#   sh tests/demo.sh
#
# Needs sh, curl and podid. As root on Linux a pod gets the token, through podid-nmi; where that cannot be, the pod is left out
# and a node asks instead. Ends with an error at the first step that does not do what it says.
set -eu

podid=${PODID:-podid}

# What is missing for a pod, in words; nothing if it can be had.
missing_for_a_pod() {
    if [ "$(uname)" != Linux ]; then echo "this is not Linux"; return; fi
    if [ "$(id -u)" != 0 ]; then echo "this is not root"; return; fi
    for program in ip unshare; do
        if ! command -v "$program" >/dev/null; then echo "the program $program is missing"; return; fi
    done
}

if [ -z "${PODID_SANDBOX:-}" ]; then
    missing=$(missing_for_a_pod)
    if [ -z "$missing" ]; then
        exec "$podid" sandbox run --nmi -- sh "$0"
    fi
    DEMO_WITHOUT_POD=$missing exec "$podid" sandbox run -- sh "$0"
fi

namespace=demo
name=reader

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'demo: %s\n' "$*" >&2; exit 1; }

# expect WHAT WANTED FOUND
expect() { [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"; }

# The value of a text field of JSON on stdin.
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }

# curl that trusts the sandbox and no proxy.
request() { curl --silent --show-error --noproxy '*' --cacert "$PODID_CA_FILE" "$@"; }

step "Install the custom resource definitions"
"$podid" install --crds-only -o table

step "Create managed identity $name"
id=$("$podid" identity create --name "$name" --query id -o tsv)
principal=$("$podid" identity show --name "$name" --query principalId -o tsv)
client=$("$podid" identity show --name "$name" --query clientId -o tsv)
echo "$id"

step "Grant the roles that adding it needs"
"$podid" role grant --identity-resource-id "$id" -o table

step "Let the identity read secrets of vault demo-vault (the application's own business, not podid's)"
vault=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/$PODID_RESOURCE_GROUP/providers/Microsoft.KeyVault/vaults/demo-vault
secrets_user=/subscriptions/$AZURE_SUBSCRIPTION_ID/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6
assignment=$PODID_ARM_ENDPOINT$vault/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-00000000de30?api-version=2022-04-01
operator=$(request "$PODID_AUTHORITY_HOST/$AZURE_TENANT_ID/oauth2/v2.0/token" \
    --data grant_type=client_credentials \
    --data-urlencode "client_id=$AZURE_CLIENT_ID" \
    --data-urlencode "client_secret=$AZURE_CLIENT_SECRET" \
    --data-urlencode "scope=https://management.azure.com/.default" | field access_token)
[ -n "$operator" ] || fail "the operator got no token"
status=$(request --output /dev/null --write-out '%{http_code}' --request PUT "$assignment" \
    --header "Authorization: Bearer $operator" --header 'Content-Type: application/json' \
    --data "{\"properties\":{\"roleDefinitionId\":\"$secrets_user\",\"principalId\":\"$principal\",\"principalType\":\"ServicePrincipal\"}}")
case $status in
    200 | 201 | 409) echo "granted" ;;
    *) fail "granting Key Vault Secrets User answered $status" ;;
esac

step "Add pod identity $namespace/$name"
"$podid" add --namespace "$namespace" --name "$name" --identity-resource-id "$id" -o table

step "List: both Linux pools hold the identity"
"$podid" list -o table
expect "state" Assigned "$("$podid" list --query "[?name=='$name'].state | [0]" -o tsv)"
expect "pools that hold it" 2 "$("$podid" list --query "length([?name=='$name'].pools[] | [?assigned])" -o tsv)"

# ask: the answer of a metadata service to a token request.
if [ -n "${PODID_SANDBOX_NODE:-}" ]; then
    step "Get a token in a pod with the label aadpodidbinding=$name, through podid-nmi"
    in_pod() { "$podid" sandbox exec --namespace "$namespace" --pod "$@"; }
    ask_in() {
        in_pod "$@" -- curl --silent --show-error --noproxy '*' --header 'Metadata: true' \
            'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net'
    }
    ask() { ask_in web --pod-labels "aadpodidbinding=$name"; }
    read_secret() { in_pod web -- curl --silent --show-error --noproxy '*' --cacert "$PODID_CA_FILE" "$@"; }
else
    step "Get a token for the identity from a node's metadata service"
    ask() { ask_node; }
    read_secret() { request "$@"; }
fi
scale_set=$("$podid" nodepool list --query "[?name=='apps'].scaleSet | [0]" -o tsv)
node=$(request --request POST "$PODID_SANDBOX/nodes/listen" \
    --data "{\"scaleSet\":\"$scale_set\",\"instance\":\"0\"}" | field url)
[ -n "$node" ] || fail "the node has no metadata service"
ask_node() {
    request --get "$node/metadata/identity/oauth2/token" --header 'Metadata: true' \
        --data api-version=2018-02-01 --data-urlencode resource=https://vault.azure.net \
        --data "client_id=$client"
}
token=$(ask | field access_token)
[ -n "$token" ] || fail "there is no token: $(ask)"
echo "a token of ${#token} characters"

if [ -n "${PODID_SANDBOX_NODE:-}" ]; then
    step "A pod without the label gets none"
    refused=$(ask_in stranger --pod-labels app=stranger | field error_description)
    echo "$refused"
    case $refused in *NoLabel*) ;; *) fail "podid-nmi did not refuse" ;; esac
fi

step "Read the protected secret with it"
secret=$(read_secret "$PODID_ARM_ENDPOINT/_vault/demo-vault/secrets/greeting?api-version=7.4" \
    --header "Authorization: Bearer $token" | field value)
expect "secret" "Hello from the vault" "$secret"
echo "$secret"

step "Remove pod identity $namespace/$name"
"$podid" remove --namespace "$namespace" --name "$name" -o table
expect "pod identities left" 0 "$("$podid" list --query "length(@)" -o tsv)"
expect "pools that still hold it" 0 "$("$podid" nodepool list --query "length([].identities[] | [?ends_with(@, '/$name')])" -o tsv)"
[ -z "$(ask_node | field access_token)" ] || fail "the node still gives tokens for the identity"
tries=0
while [ -n "$(ask | field access_token)" ]; do
    # podid-nmi hears of it from the API server.
    tries=$((tries + 1))
    [ "$tries" -lt 50 ] || fail "there still are tokens for the identity"
    sleep 0.1
done

step "Clean up"
"$podid" role revoke --identity-resource-id "$id" -o none
request --fail --output /dev/null --request DELETE "$assignment" --header "Authorization: Bearer $operator"
"$podid" identity delete --name "$name" -o table
"$podid" list -o table

done='The main job works: identity created, roles granted, added to 2/2 pools'
if [ -n "${PODID_SANDBOX_NODE:-}" ]; then
    printf '\n%s, token used in a pod, all removed.\n' "$done"
else
    printf '\n%s, token used, all removed.\n' "$done"
    printf 'Left out: the pod that asks through podid-nmi, as %s.\n' \
        "${DEMO_WITHOUT_POD:-the sandbox was started without --nmi}"
    printf 'It needs root on Linux, with iproute2: sudo -E make demo\n'
fi
