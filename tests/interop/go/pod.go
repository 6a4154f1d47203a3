package main

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// pod asks at the metadata service's fixed address, in each way a pod may name its identity, and reads a secret with each token.
// What fails is part of the result: not every pod may have what it asks for.
func pod(ctx context.Context) facts {
	results := facts{}
	for name, id := range map[string]azidentity.ManagedIDKind{
		"byDefault":  nil,
		"clientId":   azidentity.ClientID(env("INTEROP_IDENTITY")),
		"resourceId": azidentity.ResourceID(env("INTEROP_IDENTITY_RESOURCE")),
	} {
		result, err := asPod(ctx, id)
		if err != nil {
			result = facts{"error": err.Error()}
		}
		results[name] = result
	}
	return results
}

func asPod(ctx context.Context, id azidentity.ManagedIDKind) (facts, error) {
	credential, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ID: id})
	if err != nil {
		return nil, err
	}
	result, err := claims(ctx, credential, vaultScope)
	if err != nil {
		return nil, err
	}
	result["greeting"], err = greeting(ctx, credential)
	return result, err
}
