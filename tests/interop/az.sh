#!/bin/sh
# Runs Microsoft's own `az` against the emulator: a fresh sandbox, a fresh configuration of az.
#
#   tests/interop/az.sh [PODID]     PODID: the binary to start the sandbox with, target/debug/podid without
#
# Not part of CI: azure-cli takes 730 MB. It is installed once, from PyPI, into .cache/az.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
version=2.91.0
venv=$root/.cache/az

if [ -z "${INTEROP_AZ:-}" ]; then
    if ! "$venv/bin/az" version --output tsv 2>/dev/null | grep -q "^$version"; then
        echo "installing azure-cli $version into $venv" >&2
        python3 -m venv --clear "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check "azure-cli==$version"
    fi
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    # Operations take a little time, so that az has to wait for them.
    INTEROP_AZ=$work "${1:-$root/target/debug/podid}" sandbox run --time-scale 0.02 -- "$here/az.sh"
    exit
fi

work=$INTEROP_AZ
AZURE_CONFIG_DIR=$work/config
AZURE_CORE_INSTANCE_DISCOVERY=false
AZURE_CORE_COLLECT_TELEMETRY=false
AZURE_CORE_ENCRYPT_TOKEN_CACHE=false
AZURE_CORE_ONLY_SHOW_ERRORS=true
AZURE_CORE_NO_COLOR=true
export AZURE_CONFIG_DIR AZURE_CORE_INSTANCE_DISCOVERY AZURE_CORE_COLLECT_TELEMETRY \
    AZURE_CORE_ENCRYPT_TOKEN_CACHE AZURE_CORE_ONLY_SHOW_ERRORS AZURE_CORE_NO_COLOR
# az signs in by its own arguments here; the variables are the SDKs'.
app=$AZURE_CLIENT_ID secret=$AZURE_CLIENT_SECRET tenant=$AZURE_TENANT_ID subscription=$AZURE_SUBSCRIPTION_ID
unset AZURE_CLIENT_ID AZURE_CLIENT_SECRET AZURE_TENANT_ID
group=$PODID_RESOURCE_GROUP cluster=$PODID_CLUSTER_NAME

passed=0 failed=0

az() { "$venv/bin/az" "$@"; }

# check TEXT WANTED COMMAND...: the command succeeds and prints WANTED; `*` in WANTED stands for anything.
check() {
    text=$1 wanted=$2
    shift 2
    if got=$("$@" 2>"$work/stderr"); then
        # shellcheck disable=SC2254 # WANTED is a pattern.
        case $got in
        $wanted) passed=$((passed + 1)) && echo "ok    $text" && return ;;
        esac
    else
        got="exit code $?: $(head -3 "$work/stderr") $got"
    fi
    fail "$text" "$wanted" "$got"
}

# refused TEXT PATTERN COMMAND...: the command fails and says PATTERN on stderr.
refused() {
    text=$1 wanted=$2
    shift 2
    if got=$("$@" 2>&1); then
        got="success: $got"
    else
        # shellcheck disable=SC2254 # WANTED is a pattern.
        case $got in
        $wanted) passed=$((passed + 1)) && echo "ok    $text" && return ;;
        esac
    fi
    fail "$text" "$wanted" "$(printf '%s' "$got" | head -3)"
}

fail() {
    failed=$((failed + 1))
    printf 'FAIL  %s\n      wanted: %s\n      got:    %s\n' "$1" "$2" "$3"
}

control() {
    curl --silent --show-error --fail --cacert "$PODID_CA_FILE" "$@"
}

summary() {
    code=$?
    # A command between the checks failed: the rest was not tried.
    [ "$code" -eq 0 ] || fail "the script itself" "exit code 0" "exit code $code"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
trap summary EXIT

echo "az $(az version --query '"azure-cli"' -o tsv) against $PODID_ARM_ENDPOINT"

check "cloud register" "" az cloud register -n Emulator --endpoint-resource-manager "$PODID_ARM_ENDPOINT/"
check "cloud set" "" az cloud set -n Emulator
check "cloud show: the endpoints of the emulator" "$PODID_ARM_ENDPOINT*" \
    az cloud show --query endpoints.activeDirectory -o tsv
refused "login with a wrong secret" "*AADSTS7000215*" \
    az login --service-principal -u "$app" -p wrong --tenant "$tenant"
check "login" "$subscription" \
    az login --service-principal -u "$app" -p "$secret" --tenant "$tenant" --query '[].id' -o tsv
check "account show" "$app servicePrincipal" \
    az account show --query "join(' ', [user.name, user.type])" -o tsv
check "account get-access-token" "$tenant" az account get-access-token --query tenant -o tsv
check "group show" westeurope az group show -n "$group" --query location -o tsv
check "group list" "*$group*" az group list --query '[].name' -o tsv

check "identity create" reader az identity create -g "$group" -n reader --query name -o tsv
check "identity create again" reader az identity create -g "$group" -n reader --tags team=billing --query name -o tsv
check "identity list" "*reader*" az identity list -g "$group" --query '[].name' -o tsv
check "identity show" "billing" az identity show -g "$group" -n reader --query tags.team -o tsv
refused "identity show of none" "*ResourceNotFound*" az identity show -g "$group" -n nobody
identity=$(az identity show -g "$group" -n reader --query id -o tsv)
client=$(az identity show -g "$group" -n reader --query clientId -o tsv)
principal=$(az identity show -g "$group" -n reader --query principalId -o tsv)

check "role definition list" "Managed Identity Operator" \
    az role definition list -n "Managed Identity Operator" --scope "$(az group show -n "$group" --query id -o tsv)" --query '[].roleName' -o tsv
check "role assignment create" "$principal" \
    az role assignment create --role "Managed Identity Operator" --scope "$identity" \
    --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal --query principalId -o tsv
check "role assignment create again" "$principal" \
    az role assignment create --role "Managed Identity Operator" --scope "$identity" \
    --assignee-object-id "$principal" --assignee-principal-type ServicePrincipal --query principalId -o tsv
check "role assignment list of a principal" "Managed Identity Operator" \
    az role assignment list --scope "$identity" --assignee-object-id "$principal" --fill-principal-name false \
    --query '[].roleDefinitionName' -o tsv
check "role assignment list of a scope" "*$principal*" \
    az role assignment list --scope "$identity" --query '[].principalId' -o tsv
check "role assignment list with inherited ones" "*Owner*" \
    az role assignment list --scope "$identity" --include-inherited --query '[].roleDefinitionName' -o tsv
check "role assignment delete" "" \
    az role assignment delete --role "Managed Identity Operator" --scope "$identity" --assignee-object-id "$principal"
check "role assignment list afterwards" "" \
    az role assignment list --scope "$identity" --query '[].id' -o tsv

check "identity federated-credential create" "system:serviceaccount:demo:default" \
    az identity federated-credential create -g "$group" --identity-name reader -n trust \
    --issuer https://issuer.example --subject system:serviceaccount:demo:default \
    --audiences api://AzureADTokenExchange --query subject -o tsv
refused "identity federated-credential create of the same issuer and subject" "*Issuer and subject combination already exists*" \
    az identity federated-credential create -g "$group" --identity-name reader -n second \
    --issuer https://issuer.example --subject system:serviceaccount:demo:default \
    --audiences api://AzureADTokenExchange
check "identity federated-credential list" trust \
    az identity federated-credential list -g "$group" --identity-name reader --query '[].name' -o tsv
check "identity federated-credential delete" "" \
    az identity federated-credential delete -g "$group" --identity-name reader -n trust --yes

check "aks show" "Succeeded" az aks show -g "$group" -n "$cluster" --query provisioningState -o tsv
check "aks list" "$cluster" az aks list -g "$group" --query '[].name' -o tsv
refused "aks show of none" "*ResourceNotFound*" az aks show -g "$group" -n nobody
nodes=$(az aks show -g "$group" -n "$cluster" --query nodeResourceGroup -o tsv)
check "aks nodepool list" "apps system win" \
    az aks nodepool list -g "$group" --cluster-name "$cluster" --query "join(' ', sort([].name))" -o tsv
check "aks get-credentials --admin" "*client-certificate-data:*" \
    az aks get-credentials -g "$group" -n "$cluster" --admin -f -
check "aks get-credentials" "*server: https://127.0.0.1:*" az aks get-credentials -g "$group" -n "$cluster" -f -
check "aks nodepool add" "Succeeded 2" \
    az aks nodepool add -g "$group" --cluster-name "$cluster" -n extra --node-count 2 \
    --query "join(' ', [provisioningState, to_string(count)])" -o tsv
check "aks nodepool show" "User" \
    az aks nodepool show -g "$group" --cluster-name "$cluster" -n extra --query mode -o tsv
check "vmss list: the new pool has a scale set" "*aks-extra-*" \
    az vmss list -g "$nodes" --query '[].name' -o tsv
check "aks nodepool delete" "" az aks nodepool delete -g "$group" --cluster-name "$cluster" -n extra

set=$(az vmss list -g "$nodes" --query "[?contains(name, 'apps')].name | [0]" -o tsv)
check "vmss show" "$set" az vmss show -g "$nodes" -n "$set" --query name -o tsv
check "vmss identity assign" "*reader*" \
    az vmss identity assign -g "$nodes" -n "$set" --identities "$identity" -o json
check "vmss identity show" "$client" \
    az vmss identity show -g "$nodes" -n "$set" \
    --query "userAssignedIdentities.values(@)[?clientId=='$client'].clientId | [0]" -o tsv
refused "vmss identity assign of an unknown identity" "*nobody*" \
    az vmss identity assign -g "$nodes" -n "$set" --identities "${identity%/*}/nobody"
check "vmss list-instances" "*_1*" az vmss list-instances -g "$nodes" -n "$set" --query '[].name' -o tsv
check "the node gives out tokens of the identity" "*$client*" \
    curl --silent --fail --noproxy '*' -H Metadata:true \
    "$PODID_IMDS_ENDPOINT/_nodes/$set/1/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net&client_id=$client"
check "vmss identity remove" "*" az vmss identity remove -g "$nodes" -n "$set" --identities "$identity"
check "vmss identity show afterwards" "" \
    az vmss identity show -g "$nodes" -n "$set" \
    --query "userAssignedIdentities.values(@)[?clientId=='$client'].clientId | [0]" -o tsv
check "rest" "$cluster" \
    az rest --method get --url "/subscriptions/$subscription/resourceGroups/$group/providers/Microsoft.ContainerService/managedClusters/$cluster?api-version=2025-05-01" \
    --query name -o tsv

# A managed identity signs in as it does in App Service and Container Instances.
control -X POST "$PODID_SANDBOX/seed" --data-binary "
appService: {identityHeader: interop, identities: [$client]}
roleAssignments:
- {scope: /subscriptions/$subscription/resourceGroups/$group, role: Reader, principal: $identity}
"
check "login --identity" "$subscription" \
    env IDENTITY_ENDPOINT="$PODID_IMDS_ENDPOINT/msi/token" IDENTITY_HEADER=interop \
    "$venv/bin/az" login --identity --query '[].id' -o tsv
check "identity list as the managed identity" "*reader*" \
    env IDENTITY_ENDPOINT="$PODID_IMDS_ENDPOINT/msi/token" IDENTITY_HEADER=interop \
    "$venv/bin/az" identity list -g "$group" --query '[].name' -o tsv
refused "identity create without the right to" "*AuthorizationFailed*" \
    env IDENTITY_ENDPOINT="$PODID_IMDS_ENDPOINT/msi/token" IDENTITY_HEADER=interop \
    "$venv/bin/az" identity create -g "$group" -n other

check "login as the operator again" "$subscription" \
    az login --service-principal -u "$app" -p "$secret" --tenant "$tenant" --query '[].id' -o tsv
check "identity delete" "" az identity delete -g "$group" -n reader
check "identity list afterwards" "demo-control-plane" az identity list -g "$group" --query '[].name' -o tsv
check "logout" "" az logout
