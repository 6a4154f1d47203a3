// Signs in to the emulator with Microsoft's Go SDK in every way that podid's users do, uses each token, and prints what came back.
//
// Its twin in Python is ../python/interop.py; ../../interop.rs runs both. The names of their environment are in ../README.md.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
)

const (
	armScope   = "https://management.azure.com/.default"
	vaultScope = "https://vault.azure.net/.default"
)

type facts map[string]any

type step struct {
	name string
	run  func(context.Context) (facts, error)
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if len(os.Args) > 1 && os.Args[1] == "pod" {
		show(pod(ctx))
		return
	}
	results := facts{}
	for _, step := range []step{
		{"clientSecret", clientSecret},
		{"wrongSecret", wrongSecret},
		{"certificate", certificate},
		{"managedIdentity", managedIdentity},
		{"foreignIdentity", foreignIdentity},
		{"appService", appService},
		{"workloadIdentity", workloadIdentity},
	} {
		result, err := step.run(ctx)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", step.name, err)
			os.Exit(1)
		}
		results[step.name] = result
	}
	show(results)
}

func show(results facts) {
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(results); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// options point at the emulator; its authority is in no public list, so it is not looked up there.
func options() policy.ClientOptions {
	return policy.ClientOptions{Cloud: cloud.Configuration{
		ActiveDirectoryAuthorityHost: env("AZURE_AUTHORITY_HOST"),
		Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {Endpoint: env("PODID_ARM_ENDPOINT"), Audience: "https://management.azure.com"},
		},
	}}
}

func secretCredential(secret string) (azcore.TokenCredential, error) {
	return azidentity.NewClientSecretCredential(env("AZURE_TENANT_ID"), env("AZURE_CLIENT_ID"), secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options(), DisableInstanceDiscovery: true})
}

// clientSecret also reads through Resource Manager: sign-in, token, list and model fit together.
func clientSecret(ctx context.Context) (facts, error) {
	credential, err := secretCredential(env("AZURE_CLIENT_SECRET"))
	if err != nil {
		return nil, err
	}
	token, err := claims(ctx, credential, armScope)
	if err != nil {
		return nil, err
	}
	client, err := armmsi.NewUserAssignedIdentitiesClient(env("AZURE_SUBSCRIPTION_ID"), credential, &arm.ClientOptions{ClientOptions: options()})
	if err != nil {
		return nil, err
	}
	names := []string{}
	pages := client.NewListByResourceGroupPager(env("PODID_RESOURCE_GROUP"), nil)
	for pages.More() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, identity := range page.Value {
			names = append(names, *identity.Name)
		}
	}
	slices.Sort(names)
	token["identities"] = names
	return token, nil
}

// wrongSecret must fail the way Entra fails, in the SDK's own error type.
func wrongSecret(ctx context.Context) (facts, error) {
	credential, err := secretCredential("wrong")
	if err != nil {
		return nil, err
	}
	_, err = claims(ctx, credential, armScope)
	return failure(err, "AADSTS7000215")
}

func certificate(ctx context.Context) (facts, error) {
	pem, err := os.ReadFile(env("INTEROP_CERTIFICATE"))
	if err != nil {
		return nil, err
	}
	chain, key, err := azidentity.ParseCertificates(pem, nil)
	if err != nil {
		return nil, err
	}
	credential, err := azidentity.NewClientCertificateCredential(env("AZURE_TENANT_ID"), env("AZURE_CLIENT_ID"), chain, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options(), DisableInstanceDiscovery: true})
	if err != nil {
		return nil, err
	}
	return claims(ctx, credential, armScope)
}

// node sends what is for the metadata service's fixed address to the simulated node instead, as NMI does in a cluster: this SDK,
// unlike the one for Python, has no variable for it.
type node struct{}

func (node) Do(request *http.Request) (*http.Response, error) {
	if request.URL.Host == "169.254.169.254" {
		there, err := url.Parse(env("AZURE_POD_IDENTITY_AUTHORITY_HOST"))
		if err != nil {
			return nil, err
		}
		request.URL.Host, request.Host = there.Host, there.Host
	}
	return http.DefaultClient.Do(request)
}

func nodeCredential(id azidentity.ManagedIDKind) (azcore.TokenCredential, error) {
	return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
		ClientOptions: policy.ClientOptions{Transport: node{}}, ID: id,
	})
}

// managedIdentity asks the metadata service of a node, as a pod would, and reads a secret with the token.
func managedIdentity(ctx context.Context) (facts, error) {
	byClient, err := nodeCredential(azidentity.ClientID(env("INTEROP_IDENTITY")))
	if err != nil {
		return nil, err
	}
	result, err := claims(ctx, byClient, vaultScope)
	if err != nil {
		return nil, err
	}
	byResource, err := nodeCredential(azidentity.ResourceID(env("INTEROP_IDENTITY_RESOURCE")))
	if err != nil {
		return nil, err
	}
	again, err := claims(ctx, byResource, armScope)
	if err != nil {
		return nil, err
	}
	if result["appid"] != again["appid"] {
		return nil, fmt.Errorf("by resource id: %v, by client id: %v", again["appid"], result["appid"])
	}
	result["greeting"], err = greeting(ctx, byClient)
	return result, err
}

// foreignIdentity asks a node for an identity that it does not hold.
func foreignIdentity(ctx context.Context) (facts, error) {
	credential, err := nodeCredential(azidentity.ClientID("00000000-0000-0000-0000-00000000ffff"))
	if err != nil {
		return nil, err
	}
	_, err = claims(ctx, credential, armScope)
	return failure(err, "Identity not found")
}

// appService speaks the protocol of App Service, which the variables switch on for this step alone.
func appService(ctx context.Context) (facts, error) {
	for to, from := range map[string]string{"IDENTITY_ENDPOINT": "INTEROP_IDENTITY_ENDPOINT", "IDENTITY_HEADER": "INTEROP_IDENTITY_HEADER"} {
		if err := os.Setenv(to, env(from)); err != nil {
			return nil, err
		}
		defer os.Unsetenv(to)
	}
	credential, err := azidentity.NewManagedIdentityCredential(nil)
	if err != nil {
		return nil, err
	}
	return claims(ctx, credential, armScope)
}

// workloadIdentity makes the trust with the SDK, then trades the token of a Kubernetes service account for one of Entra.
func workloadIdentity(ctx context.Context) (facts, error) {
	operator, err := secretCredential(env("AZURE_CLIENT_SECRET"))
	if err != nil {
		return nil, err
	}
	client, err := armmsi.NewFederatedIdentityCredentialsClient(env("AZURE_SUBSCRIPTION_ID"), operator, &arm.ClientOptions{ClientOptions: options()})
	if err != nil {
		return nil, err
	}
	identity, err := resourceName(env("INTEROP_IDENTITY_RESOURCE"))
	if err != nil {
		return nil, err
	}
	_, err = client.CreateOrUpdate(ctx, env("PODID_RESOURCE_GROUP"), identity, "interop-go", armmsi.FederatedIdentityCredential{
		Properties: &armmsi.FederatedIdentityCredentialProperties{
			Issuer:    to.Ptr(env("INTEROP_ISSUER")),
			Subject:   to.Ptr(env("INTEROP_SUBJECT")),
			Audiences: []*string{to.Ptr("api://AzureADTokenExchange")},
		},
	}, nil)
	if err != nil {
		return nil, err
	}
	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: options(), DisableInstanceDiscovery: true, ClientID: env("INTEROP_IDENTITY"), TokenFilePath: env("INTEROP_TOKEN_FILE"),
	})
	if err != nil {
		return nil, err
	}
	result, err := claims(ctx, credential, vaultScope)
	if err != nil {
		return nil, err
	}
	result["greeting"], err = greeting(ctx, credential)
	if err != nil {
		return nil, err
	}
	_, err = client.Delete(ctx, env("PODID_RESOURCE_GROUP"), identity, "interop-go", nil)
	return result, err
}

// resourceName is the last part of a resource id, read by the SDK's own parser.
func resourceName(id string) (string, error) {
	parsed, err := arm.ParseResourceID(id)
	if err != nil {
		return "", err
	}
	return parsed.Name, nil
}

// greeting reads the protected secret.
func greeting(ctx context.Context, credential azcore.TokenCredential) (string, error) {
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{vaultScope}})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, env("INTEROP_SECRET_URL"), nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+token.Token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the vault answered %s: %s", answer.Status, body)
	}
	var secret struct{ Value string }
	err = json.Unmarshal(body, &secret)
	return secret.Value, err
}

// claims gets a token and says whom and what it is for.
func claims(ctx context.Context, credential azcore.TokenCredential, scope string) (facts, error) {
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		return nil, err
	}
	if left := time.Until(token.ExpiresOn); left < 10*time.Minute {
		return nil, fmt.Errorf("the token ends in %s", left)
	}
	parts := strings.Split(token.Token, ".")
	if len(parts) != 3 {
		return nil, errors.New("the token is not a JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	var all facts
	if err := json.Unmarshal(payload, &all); err != nil {
		return nil, err
	}
	return facts{"appid": all["appid"], "tid": all["tid"], "aud": all["aud"]}, nil
}

// failure checks that signing in failed with this text, as the SDK's error for a failed sign-in.
func failure(err error, text string) (facts, error) {
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), text) {
		return nil, fmt.Errorf("expected a failed sign-in with %q, got %w", text, err)
	}
	return facts{"error": text}, nil
}

// env is a variable that must be set.
func env(name string) string {
	value := os.Getenv(name)
	if value == "" {
		fmt.Fprintf(os.Stderr, "%s is not set; run this program through tests/interop.rs\n", name)
		os.Exit(2)
	}
	return value
}
