
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'podid' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'podid'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'podid' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add pod identities to a cluster')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a pod identity from a cluster')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Remove a pod identity from a cluster')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the pod identities of a cluster')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one pod identity of a cluster')
            [CompletionResult]::new('exception', 'exception', [CompletionResultType]::ParameterValue, 'Pods that NMI lets through to IMDS')
            [CompletionResult]::new('identity', 'identity', [CompletionResultType]::ParameterValue, 'User-assigned managed identities')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Roles that pod identity needs')
            [CompletionResult]::new('nodepool', 'nodepool', [CompletionResultType]::ParameterValue, 'Identities on the scale set of each node pool')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Install what pod identity needs in a cluster')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Azure emulator and real Kubernetes API on this machine')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('docs', 'docs', [CompletionResultType]::ParameterValue, 'Print the command reference, a man page or the command tree')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the version of podid and of the APIs it speaks')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;add' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the pods')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the pod identity; the managed identity''s when not given')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the pod identity; the managed identity''s when not given')
            [CompletionResult]::new('--identity-resource-id', '--identity-resource-id', [CompletionResultType]::ParameterName, 'Resource id of the user-assigned managed identity')
            [CompletionResult]::new('--binding-selector', '--binding-selector', [CompletionResultType]::ParameterName, 'Value of the pods'' label aadpodidbinding; the name of the pod identity when not given')
            [CompletionResult]::new('--from-file', '--from-file', [CompletionResultType]::ParameterName, 'YAML or JSON file with a list `podIdentities`; `-` reads stdin')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--create-identity', '--create-identity', [CompletionResultType]::ParameterName, 'Create the managed identity when it does not exist')
            [CompletionResult]::new('--grant', '--grant', [CompletionResultType]::ParameterName, 'Grant the roles that the signed-in principal lacks')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Replace a pod identity of the same name that has other content')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;remove' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the pod identity')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the pod identity')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the pod identity')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--ignore-not-found', '--ignore-not-found', [CompletionResultType]::ParameterName, 'Succeed when there is no such pod identity')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Remove it though other bindings still refer to it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Accepted for scripts; a single removal never asks')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Accepted for scripts; a single removal never asks')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;delete' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the pod identity')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the pod identity')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the pod identity')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--ignore-not-found', '--ignore-not-found', [CompletionResultType]::ParameterName, 'Succeed when there is no such pod identity')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Remove it though other bindings still refer to it')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Accepted for scripts; a single removal never asks')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Accepted for scripts; a single removal never asks')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;list' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only this namespace')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;show' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the pod identity')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the pod identity')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the pod identity')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;exception' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Let pods through to IMDS past NMI')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an exception from a cluster')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Remove an exception from a cluster')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Replace the labels of an exception')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the exceptions of a cluster')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Tell which exceptions let a pod through, and why')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Suggest exceptions for pods that NMI leaves without tokens')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;exception;add' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the pods')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the exception; made of the labels when not given')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the exception; made of the labels when not given')
            [CompletionResult]::new('--pod-labels', '--pod-labels', [CompletionResultType]::ParameterName, 'Labels of the pods; one that a pod carries is enough')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--replace', '--replace', [CompletionResultType]::ParameterName, 'Replace the labels of an exception of the same name')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Accepted for scripts; this command never asks')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Accepted for scripts; this command never asks')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;exception;remove' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the exception')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the exception')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the exception')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--ignore-not-found', '--ignore-not-found', [CompletionResultType]::ParameterName, 'Succeed when there is no such exception')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Accepted for scripts; a single removal never asks')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Accepted for scripts; a single removal never asks')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;exception;delete' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the exception')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the exception')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the exception')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--ignore-not-found', '--ignore-not-found', [CompletionResultType]::ParameterName, 'Succeed when there is no such exception')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Accepted for scripts; a single removal never asks')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Accepted for scripts; a single removal never asks')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;exception;update' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Namespace of the exception')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the exception')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the exception')
            [CompletionResult]::new('--pod-labels', '--pod-labels', [CompletionResultType]::ParameterName, 'Labels of the pods; one that a pod carries is enough')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Accepted for scripts; this command never asks')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Accepted for scripts; this command never asks')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;exception;list' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only this namespace')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;exception;test' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--pod', '--pod', [CompletionResultType]::ParameterName, 'The pod')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;exception;suggest' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Only this namespace')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;exception;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Let pods through to IMDS past NMI')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an exception from a cluster')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Replace the labels of an exception')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the exceptions of a cluster')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Tell which exceptions let a pod through, and why')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Suggest exceptions for pods that NMI leaves without tokens')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;exception;help;add' {
            break
        }
        'podid;exception;help;remove' {
            break
        }
        'podid;exception;help;update' {
            break
        }
        'podid;exception;help;list' {
            break
        }
        'podid;exception;help;test' {
            break
        }
        'podid;exception;help;suggest' {
            break
        }
        'podid;exception;help;help' {
            break
        }
        'podid;identity' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a managed identity')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a managed identity')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List managed identities')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a managed identity')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;identity;create' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the identity')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the identity')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the identity')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the identity')
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'Region; the resource group''s when not given')
            [CompletionResult]::new('--location', '--location', [CompletionResultType]::ParameterName, 'Region; the resource group''s when not given')
            [CompletionResult]::new('--tags', '--tags', [CompletionResultType]::ParameterName, 'Tags')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;identity;show' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the identity')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the identity')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the identity')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the identity')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;identity;list' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group to list; the whole subscription when not given')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group to list; the whole subscription when not given')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;identity;delete' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the identity')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the identity')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the identity')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the identity')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--ignore-not-found', '--ignore-not-found', [CompletionResultType]::ParameterName, 'Succeed when there is no such identity')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted, delete nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;identity;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a managed identity')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a managed identity')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List managed identities')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a managed identity')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;identity;help;create' {
            break
        }
        'podid;identity;help;show' {
            break
        }
        'podid;identity;help;list' {
            break
        }
        'podid;identity;help;delete' {
            break
        }
        'podid;identity;help;help' {
            break
        }
        'podid;role' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('grant', 'grant', [CompletionResultType]::ParameterValue, 'Grant the roles that are needed')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Take back the roles that podid granted')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the role assignments on identities and the node resource group')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether the roles are there')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;role;grant' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)')
            [CompletionResult]::new('--identity-resource-id', '--identity-resource-id', [CompletionResultType]::ParameterName, 'Resource id of a user-assigned managed identity; may be repeated')
            [CompletionResult]::new('--assignee-object-id', '--assignee-object-id', [CompletionResultType]::ParameterName, 'Object id of the principal, instead of the one `--for` means')
            [CompletionResult]::new('--assignee-principal-type', '--assignee-principal-type', [CompletionResultType]::ParameterName, 'Type of that principal; ServicePrincipal when not given')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be granted, grant nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;role;revoke' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)')
            [CompletionResult]::new('--identity-resource-id', '--identity-resource-id', [CompletionResultType]::ParameterName, 'Resource id of a user-assigned managed identity; may be repeated')
            [CompletionResult]::new('--assignee-object-id', '--assignee-object-id', [CompletionResultType]::ParameterName, 'Object id of the principal, instead of the one `--for` means')
            [CompletionResult]::new('--assignee-principal-type', '--assignee-principal-type', [CompletionResultType]::ParameterName, 'Type of that principal; ServicePrincipal when not given')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be revoked, revoke nothing')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;role;list' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)')
            [CompletionResult]::new('--identity-resource-id', '--identity-resource-id', [CompletionResultType]::ParameterName, 'Resource id of a user-assigned managed identity; may be repeated')
            [CompletionResult]::new('--assignee-object-id', '--assignee-object-id', [CompletionResultType]::ParameterName, 'Object id of the principal, instead of the one `--for` means')
            [CompletionResult]::new('--assignee-principal-type', '--assignee-principal-type', [CompletionResultType]::ParameterName, 'Type of that principal; ServicePrincipal when not given')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;role;check' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)')
            [CompletionResult]::new('--identity-resource-id', '--identity-resource-id', [CompletionResultType]::ParameterName, 'Resource id of a user-assigned managed identity; may be repeated')
            [CompletionResult]::new('--assignee-object-id', '--assignee-object-id', [CompletionResultType]::ParameterName, 'Object id of the principal, instead of the one `--for` means')
            [CompletionResult]::new('--assignee-principal-type', '--assignee-principal-type', [CompletionResultType]::ParameterName, 'Type of that principal; ServicePrincipal when not given')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;role;help' {
            [CompletionResult]::new('grant', 'grant', [CompletionResultType]::ParameterValue, 'Grant the roles that are needed')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Take back the roles that podid granted')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the role assignments on identities and the node resource group')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether the roles are there')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;role;help;grant' {
            break
        }
        'podid;role;help;revoke' {
            break
        }
        'podid;role;help;list' {
            break
        }
        'podid;role;help;check' {
            break
        }
        'podid;role;help;help' {
            break
        }
        'podid;nodepool' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List node pools and the identities they hold')
            [CompletionResult]::new('assign', 'assign', [CompletionResultType]::ParameterValue, 'Assign identities to the scale sets of node pools')
            [CompletionResult]::new('unassign', 'unassign', [CompletionResultType]::ParameterValue, 'Take identities off the scale sets of node pools')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;nodepool;list' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;nodepool;assign' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--identity-resource-id', '--identity-resource-id', [CompletionResultType]::ParameterName, 'Resource id of a user-assigned managed identity; may be repeated')
            [CompletionResult]::new('--nodepool-name', '--nodepool-name', [CompletionResultType]::ParameterName, 'Only this node pool; may be repeated; all that can hold identities when not given')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;nodepool;unassign' {
            [CompletionResult]::new('-g', '-g', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--resource-group', '--resource-group', [CompletionResultType]::ParameterName, 'Resource group of the cluster')
            [CompletionResult]::new('--cluster-name', '--cluster-name', [CompletionResultType]::ParameterName, 'Name of the AKS cluster')
            [CompletionResult]::new('--identity-resource-id', '--identity-resource-id', [CompletionResultType]::ParameterName, 'Resource id of a user-assigned managed identity; may be repeated')
            [CompletionResult]::new('--nodepool-name', '--nodepool-name', [CompletionResultType]::ParameterName, 'Only this node pool; may be repeated; all that can hold identities when not given')
            [CompletionResult]::new('--via', '--via', [CompletionResultType]::ParameterName, 'Who changes the cluster')
            [CompletionResult]::new('--aks-custom-headers', '--aks-custom-headers', [CompletionResultType]::ParameterName, 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on''s way only)')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Take it off though a pod identity still refers to it')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be changed, change nothing')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Return when Azure has accepted the change')
            [CompletionResult]::new('--kubeconfig-from-azure', '--kubeconfig-from-azure', [CompletionResultType]::ParameterName, 'Fetch the credentials from Azure, kept in memory only')
            [CompletionResult]::new('--admin', '--admin', [CompletionResultType]::ParameterName, 'Fetch the cluster administrator''s credentials from Azure, kept in memory only')
            [CompletionResult]::new('--force-context', '--force-context', [CompletionResultType]::ParameterName, 'Use the kubeconfig though its server is not the cluster''s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;nodepool;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List node pools and the identities they hold')
            [CompletionResult]::new('assign', 'assign', [CompletionResultType]::ParameterValue, 'Assign identities to the scale sets of node pools')
            [CompletionResult]::new('unassign', 'unassign', [CompletionResultType]::ParameterValue, 'Take identities off the scale sets of node pools')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;nodepool;help;list' {
            break
        }
        'podid;nodepool;help;assign' {
            break
        }
        'podid;nodepool;help;unassign' {
            break
        }
        'podid;nodepool;help;help' {
            break
        }
        'podid;install' {
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Context of the kubeconfig')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--crds-only', '--crds-only', [CompletionResultType]::ParameterName, 'Only the custom resource definitions')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be installed, install nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Take over definitions that somebody else manages with other content')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;sandbox' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('up', 'up', [CompletionResultType]::ParameterValue, 'Start a sandbox and print what to export')
            [CompletionResult]::new('down', 'down', [CompletionResultType]::ParameterValue, 'Stop a sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the sandboxes that run')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in a sandbox of its own')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a sandbox until it is told to stop')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;sandbox;up' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the sandbox')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the sandbox')
            [CompletionResult]::new('--time-scale', '--time-scale', [CompletionResultType]::ParameterName, 'Factor on the time that Azure''s operations take; 0 ends them at once, 1 is Azure''s own pace')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'YAML file with the state of Azure at the start')
            [CompletionResult]::new('--clusters', '--clusters', [CompletionResultType]::ParameterName, 'Number of Kubernetes API servers, one for each cluster in the seed')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the export lines to a file instead of stdout')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--no-kubernetes', '--no-kubernetes', [CompletionResultType]::ParameterName, 'Start the Azure emulator only, no Kubernetes API server')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;sandbox;down' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the sandbox')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the sandbox')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--ignore-not-found', '--ignore-not-found', [CompletionResultType]::ParameterName, 'Succeed when it is not up')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;sandbox;status' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;sandbox;run' {
            [CompletionResult]::new('--time-scale', '--time-scale', [CompletionResultType]::ParameterName, 'Factor on the time that Azure''s operations take; 0 ends them at once, 1 is Azure''s own pace')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'YAML file with the state of Azure at the start')
            [CompletionResult]::new('--clusters', '--clusters', [CompletionResultType]::ParameterName, 'Number of Kubernetes API servers, one for each cluster in the seed')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--no-kubernetes', '--no-kubernetes', [CompletionResultType]::ParameterName, 'Start the Azure emulator only, no Kubernetes API server')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;sandbox;serve' {
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Name of the sandbox')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Name of the sandbox')
            [CompletionResult]::new('--time-scale', '--time-scale', [CompletionResultType]::ParameterName, 'Factor on the time that Azure''s operations take; 0 ends them at once, 1 is Azure''s own pace')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'YAML file with the state of Azure at the start')
            [CompletionResult]::new('--clusters', '--clusters', [CompletionResultType]::ParameterName, 'Number of Kubernetes API servers, one for each cluster in the seed')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('--no-kubernetes', '--no-kubernetes', [CompletionResultType]::ParameterName, 'Start the Azure emulator only, no Kubernetes API server')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;sandbox;help' {
            [CompletionResult]::new('up', 'up', [CompletionResultType]::ParameterValue, 'Start a sandbox and print what to export')
            [CompletionResult]::new('down', 'down', [CompletionResultType]::ParameterValue, 'Stop a sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the sandboxes that run')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in a sandbox of its own')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a sandbox until it is told to stop')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;sandbox;help;up' {
            break
        }
        'podid;sandbox;help;down' {
            break
        }
        'podid;sandbox;help;status' {
            break
        }
        'podid;sandbox;help;run' {
            break
        }
        'podid;sandbox;help;serve' {
            break
        }
        'podid;sandbox;help;help' {
            break
        }
        'podid;completion' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;docs' {
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What to print')
            [CompletionResult]::new('--page', '--page', [CompletionResultType]::ParameterName, 'Which man page')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;version' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format; a table on a terminal, JSON otherwise')
            [CompletionResult]::new('--query', '--query', [CompletionResultType]::ParameterName, 'JMESPath query over the JSON result')
            [CompletionResult]::new('--subscription', '--subscription', [CompletionResultType]::ParameterName, 'Subscription name or id')
            [CompletionResult]::new('--credential', '--credential', [CompletionResultType]::ParameterName, 'Sign-in to use: auto, cli, managed-identity, workload-identity, client-secret or client-certificate')
            [CompletionResult]::new('--cloud', '--cloud', [CompletionResultType]::ParameterName, 'Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Longest time to wait for Azure and Kubernetes, for example 90s or 5m')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--error-format', '--error-format', [CompletionResultType]::ParameterName, 'Format of errors on stderr')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on stderr but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show requests and their statuses; twice for more, never secrets')
            [CompletionResult]::new('--debug', '--debug', [CompletionResultType]::ParameterName, 'Same as -vv')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            break
        }
        'podid;help' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add pod identities to a cluster')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove a pod identity from a cluster')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the pod identities of a cluster')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one pod identity of a cluster')
            [CompletionResult]::new('exception', 'exception', [CompletionResultType]::ParameterValue, 'Pods that NMI lets through to IMDS')
            [CompletionResult]::new('identity', 'identity', [CompletionResultType]::ParameterValue, 'User-assigned managed identities')
            [CompletionResult]::new('role', 'role', [CompletionResultType]::ParameterValue, 'Roles that pod identity needs')
            [CompletionResult]::new('nodepool', 'nodepool', [CompletionResultType]::ParameterValue, 'Identities on the scale set of each node pool')
            [CompletionResult]::new('install', 'install', [CompletionResultType]::ParameterValue, 'Install what pod identity needs in a cluster')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Azure emulator and real Kubernetes API on this machine')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the completion script of a shell')
            [CompletionResult]::new('docs', 'docs', [CompletionResultType]::ParameterValue, 'Print the command reference, a man page or the command tree')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the version of podid and of the APIs it speaks')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'podid;help;add' {
            break
        }
        'podid;help;remove' {
            break
        }
        'podid;help;list' {
            break
        }
        'podid;help;show' {
            break
        }
        'podid;help;exception' {
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Let pods through to IMDS past NMI')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove an exception from a cluster')
            [CompletionResult]::new('update', 'update', [CompletionResultType]::ParameterValue, 'Replace the labels of an exception')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the exceptions of a cluster')
            [CompletionResult]::new('test', 'test', [CompletionResultType]::ParameterValue, 'Tell which exceptions let a pod through, and why')
            [CompletionResult]::new('suggest', 'suggest', [CompletionResultType]::ParameterValue, 'Suggest exceptions for pods that NMI leaves without tokens')
            break
        }
        'podid;help;exception;add' {
            break
        }
        'podid;help;exception;remove' {
            break
        }
        'podid;help;exception;update' {
            break
        }
        'podid;help;exception;list' {
            break
        }
        'podid;help;exception;test' {
            break
        }
        'podid;help;exception;suggest' {
            break
        }
        'podid;help;identity' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a managed identity')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show a managed identity')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List managed identities')
            [CompletionResult]::new('delete', 'delete', [CompletionResultType]::ParameterValue, 'Delete a managed identity')
            break
        }
        'podid;help;identity;create' {
            break
        }
        'podid;help;identity;show' {
            break
        }
        'podid;help;identity;list' {
            break
        }
        'podid;help;identity;delete' {
            break
        }
        'podid;help;role' {
            [CompletionResult]::new('grant', 'grant', [CompletionResultType]::ParameterValue, 'Grant the roles that are needed')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Take back the roles that podid granted')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the role assignments on identities and the node resource group')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether the roles are there')
            break
        }
        'podid;help;role;grant' {
            break
        }
        'podid;help;role;revoke' {
            break
        }
        'podid;help;role;list' {
            break
        }
        'podid;help;role;check' {
            break
        }
        'podid;help;nodepool' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List node pools and the identities they hold')
            [CompletionResult]::new('assign', 'assign', [CompletionResultType]::ParameterValue, 'Assign identities to the scale sets of node pools')
            [CompletionResult]::new('unassign', 'unassign', [CompletionResultType]::ParameterValue, 'Take identities off the scale sets of node pools')
            break
        }
        'podid;help;nodepool;list' {
            break
        }
        'podid;help;nodepool;assign' {
            break
        }
        'podid;help;nodepool;unassign' {
            break
        }
        'podid;help;install' {
            break
        }
        'podid;help;sandbox' {
            [CompletionResult]::new('up', 'up', [CompletionResultType]::ParameterValue, 'Start a sandbox and print what to export')
            [CompletionResult]::new('down', 'down', [CompletionResultType]::ParameterValue, 'Stop a sandbox')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the sandboxes that run')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in a sandbox of its own')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve a sandbox until it is told to stop')
            break
        }
        'podid;help;sandbox;up' {
            break
        }
        'podid;help;sandbox;down' {
            break
        }
        'podid;help;sandbox;status' {
            break
        }
        'podid;help;sandbox;run' {
            break
        }
        'podid;help;sandbox;serve' {
            break
        }
        'podid;help;completion' {
            break
        }
        'podid;help;docs' {
            break
        }
        'podid;help;version' {
            break
        }
        'podid;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
