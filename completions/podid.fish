# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_podid_global_optspecs
    string join \n o/output= query= subscription= credential= cloud= timeout= color= error-format= q/quiet v/verbose debug h/help V/version
end

function __fish_podid_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_podid_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_podid_using_subcommand
    set -l cmd (__fish_podid_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c podid -n "__fish_podid_needs_command" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_needs_command" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_needs_command" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_needs_command" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_needs_command" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_needs_command" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_needs_command" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_needs_command" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_needs_command" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_needs_command" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_needs_command" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_needs_command" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_needs_command" -f -a "add" -d 'Add pod identities to a cluster'
complete -c podid -n "__fish_podid_needs_command" -f -a "remove" -d 'Remove a pod identity from a cluster'
complete -c podid -n "__fish_podid_needs_command" -f -a "delete" -d 'Remove a pod identity from a cluster'
complete -c podid -n "__fish_podid_needs_command" -f -a "list" -d 'List the pod identities of a cluster'
complete -c podid -n "__fish_podid_needs_command" -f -a "show" -d 'Show one pod identity of a cluster'
complete -c podid -n "__fish_podid_needs_command" -f -a "exception" -d 'Pods that NMI lets through to IMDS'
complete -c podid -n "__fish_podid_needs_command" -f -a "enable" -d 'Turn the pod identity add-on of a cluster on'
complete -c podid -n "__fish_podid_needs_command" -f -a "disable" -d 'Turn the pod identity add-on of a cluster off'
complete -c podid -n "__fish_podid_needs_command" -f -a "identity" -d 'User-assigned managed identities'
complete -c podid -n "__fish_podid_needs_command" -f -a "role" -d 'Roles that pod identity needs'
complete -c podid -n "__fish_podid_needs_command" -f -a "nodepool" -d 'Identities on the scale set of each node pool'
complete -c podid -n "__fish_podid_needs_command" -f -a "plan" -d 'Show what has to change so that clusters hold what a file asks for'
complete -c podid -n "__fish_podid_needs_command" -f -a "apply" -d 'Make clusters hold what a file asks for'
complete -c podid -n "__fish_podid_needs_command" -f -a "diff" -d 'Compare clusters with what a file asks for'
complete -c podid -n "__fish_podid_needs_command" -f -a "export" -d 'Write a cluster\'s pod identities as a file for plan and apply'
complete -c podid -n "__fish_podid_needs_command" -f -a "wait" -d 'Wait until pod identities are usable, or gone'
complete -c podid -n "__fish_podid_needs_command" -f -a "install" -d 'Install what pod identity needs in a cluster'
complete -c podid -n "__fish_podid_needs_command" -f -a "uninstall" -d 'Remove what `podid install` has installed in a cluster'
complete -c podid -n "__fish_podid_needs_command" -f -a "sandbox" -d 'Azure emulator and real Kubernetes API on this machine'
complete -c podid -n "__fish_podid_needs_command" -f -a "config" -d 'Defaults: what is set, where it comes from, and the configuration file'
complete -c podid -n "__fish_podid_needs_command" -f -a "completion" -d 'Print the completion script of a shell'
complete -c podid -n "__fish_podid_needs_command" -f -a "docs" -d 'Print the command reference, a man page or the command tree'
complete -c podid -n "__fish_podid_needs_command" -f -a "version" -d 'Print the version of podid and of the APIs it speaks'
complete -c podid -n "__fish_podid_needs_command" -f -a "help" -d 'Print the help of a command or a topic'
complete -c podid -n "__fish_podid_using_subcommand add" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l namespace -d 'Namespace of the pods' -r
complete -c podid -n "__fish_podid_using_subcommand add" -s n -l name -d 'Name of the pod identity; the managed identity\'s when not given' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l identity-resource-id -d 'Resource id of the user-assigned managed identity' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l binding-selector -d 'Value of the pods\' label aadpodidbinding; the name of the pod identity when not given' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l from-file -d 'YAML or JSON file with a list `podIdentities`; `-` reads stdin' -r -F
complete -c podid -n "__fish_podid_using_subcommand add" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand add" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand add" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand add" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand add" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand add" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand add" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand add" -l create-identity -d 'Create the managed identity when it does not exist'
complete -c podid -n "__fish_podid_using_subcommand add" -l grant -d 'Grant the roles that the signed-in principal lacks'
complete -c podid -n "__fish_podid_using_subcommand add" -l replace -d 'Replace a pod identity of the same name that has other content'
complete -c podid -n "__fish_podid_using_subcommand add" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand add" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand add" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand add" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand add" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand add" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand add" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand add" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand add" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand remove" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l namespace -d 'Namespace of the pod identity' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -s n -l name -d 'Name of the pod identity' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand remove" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand remove" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand remove" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand remove" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand remove" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand remove" -l repair -d 'Remove what is stuck in the add-on\'s profile: the one named, or every item that failed, never ended, or lost its managed identity'
complete -c podid -n "__fish_podid_using_subcommand remove" -l ignore-not-found -d 'Succeed when there is no such pod identity'
complete -c podid -n "__fish_podid_using_subcommand remove" -l revoke -d 'Take back the roles that podid granted, once no other pod identity of the cluster needs them'
complete -c podid -n "__fish_podid_using_subcommand remove" -l force -d 'Remove it though other bindings still refer to it'
complete -c podid -n "__fish_podid_using_subcommand remove" -s y -l yes -d 'Do not ask before --repair removes what it found; a single removal never asks'
complete -c podid -n "__fish_podid_using_subcommand remove" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand remove" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand remove" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand remove" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand remove" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand remove" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand remove" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand remove" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand remove" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand delete" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l namespace -d 'Namespace of the pod identity' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -s n -l name -d 'Name of the pod identity' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand delete" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand delete" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand delete" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand delete" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand delete" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand delete" -l repair -d 'Remove what is stuck in the add-on\'s profile: the one named, or every item that failed, never ended, or lost its managed identity'
complete -c podid -n "__fish_podid_using_subcommand delete" -l ignore-not-found -d 'Succeed when there is no such pod identity'
complete -c podid -n "__fish_podid_using_subcommand delete" -l revoke -d 'Take back the roles that podid granted, once no other pod identity of the cluster needs them'
complete -c podid -n "__fish_podid_using_subcommand delete" -l force -d 'Remove it though other bindings still refer to it'
complete -c podid -n "__fish_podid_using_subcommand delete" -s y -l yes -d 'Do not ask before --repair removes what it found; a single removal never asks'
complete -c podid -n "__fish_podid_using_subcommand delete" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand delete" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand delete" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand delete" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand delete" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand delete" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand delete" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand delete" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand delete" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand list" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand list" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand list" -l namespace -d 'Only this namespace' -r
complete -c podid -n "__fish_podid_using_subcommand list" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand list" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand list" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand list" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand list" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand list" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand list" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand list" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand list" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand list" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand list" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand list" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand list" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand list" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand list" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand list" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand list" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand show" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand show" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand show" -l namespace -d 'Namespace of the pod identity' -r
complete -c podid -n "__fish_podid_using_subcommand show" -s n -l name -d 'Name of the pod identity' -r
complete -c podid -n "__fish_podid_using_subcommand show" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand show" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand show" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand show" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand show" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand show" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand show" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand show" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand show" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand show" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand show" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand show" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand show" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand show" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand show" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand show" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand show" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -f -a "add" -d 'Let pods through to IMDS past NMI'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -f -a "remove" -d 'Remove an exception from a cluster'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -f -a "delete" -d 'Remove an exception from a cluster'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -f -a "update" -d 'Replace the labels of an exception'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -f -a "list" -d 'List the exceptions of a cluster'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -f -a "test" -d 'Tell which exceptions let a pod through, and why'
complete -c podid -n "__fish_podid_using_subcommand exception; and not __fish_seen_subcommand_from add remove delete update list test suggest" -f -a "suggest" -d 'Suggest exceptions for pods that NMI leaves without tokens'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l namespace -d 'Namespace of the pods' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -s n -l name -d 'Name of the exception; made of the labels when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l pod-labels -d 'Labels of the pods; one that a pod carries is enough' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l replace -d 'Replace the labels of an exception of the same name'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -s y -l yes -d 'Accepted for scripts; this command never asks'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from add" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l namespace -d 'Namespace of the exception' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -s n -l name -d 'Name of the exception' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l ignore-not-found -d 'Succeed when there is no such exception'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -s y -l yes -d 'Accepted for scripts; a single removal never asks'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from remove" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l namespace -d 'Namespace of the exception' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -s n -l name -d 'Name of the exception' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l ignore-not-found -d 'Succeed when there is no such exception'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -s y -l yes -d 'Accepted for scripts; a single removal never asks'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l namespace -d 'Namespace of the exception' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -s n -l name -d 'Name of the exception' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l pod-labels -d 'Labels of the pods; one that a pod carries is enough' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -s y -l yes -d 'Accepted for scripts; this command never asks'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from update" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l namespace -d 'Only this namespace' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l pod -d 'The pod' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from test" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l namespace -d 'Only this namespace' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand exception; and __fish_seen_subcommand_from suggest" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand enable" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -s n -l name -d 'Name of the AKS cluster, as `az aks update` takes it' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand enable" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand enable" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand enable" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand enable" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand enable" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand enable" -l allow-network-plugin-kubenet -l enable-pod-identity-with-kubenet -d 'Accept the add-on on kubenet, where pods can spoof addresses'
complete -c podid -n "__fish_podid_using_subcommand enable" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand enable" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand enable" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand enable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand enable" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand disable" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -s n -l name -d 'Name of the AKS cluster, as `az aks update` takes it' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -l restore-file -d 'File to bring everything back from; podid-restore-CLUSTER-TIME.yaml here when not given' -r -F
complete -c podid -n "__fish_podid_using_subcommand disable" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand disable" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand disable" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand disable" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand disable" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand disable" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand disable" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand disable" -s y -l yes -d 'Do not ask'
complete -c podid -n "__fish_podid_using_subcommand disable" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand disable" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand disable" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand disable" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand disable" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand disable" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand disable" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand disable" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -f -a "create" -d 'Create a managed identity'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -f -a "show" -d 'Show a managed identity'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -f -a "list" -d 'List managed identities'
complete -c podid -n "__fish_podid_using_subcommand identity; and not __fish_seen_subcommand_from create show list delete" -f -a "delete" -d 'Delete a managed identity'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -s g -l resource-group -d 'Resource group of the identity' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -s n -l name -d 'Name of the identity' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -s l -l location -d 'Region; the resource group\'s when not given' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l tags -d 'Tags' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from create" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -s g -l resource-group -d 'Resource group of the identity' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -s n -l name -d 'Name of the identity' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -s g -l resource-group -d 'Resource group to list; the whole subscription when not given' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -s g -l resource-group -d 'Resource group of the identity' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -s n -l name -d 'Name of the identity' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l ignore-not-found -d 'Succeed when there is no such identity'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l dry-run -d 'Show what would be deleted, delete nothing'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand identity; and __fish_seen_subcommand_from delete" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -f -a "grant" -d 'Grant the roles that are needed'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -f -a "revoke" -d 'Take back the roles that podid granted'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -f -a "list" -d 'List the role assignments on identities and the node resource group'
complete -c podid -n "__fish_podid_using_subcommand role; and not __fish_seen_subcommand_from grant revoke list check" -f -a "check" -d 'Check whether the roles are there'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l for -d 'Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)' -r -f -a "direct\t'The signed-in operator, who runs podid'
managed\t'The cluster\'s control-plane identity, for the AKS add-on'
standard\t'The kubelet identity, for MIC'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l identity-resource-id -d 'Resource id of a user-assigned managed identity; may be repeated' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l assignee-object-id -d 'Object id of the principal, instead of the one `--for` means' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l assignee-principal-type -d 'Type of that principal; ServicePrincipal when not given' -r -f -a "User\t'A person'
Group\t'A group'
ServicePrincipal\t'A service principal or managed identity'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l dry-run -d 'Show what would be granted, grant nothing'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from grant" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l for -d 'Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)' -r -f -a "direct\t'The signed-in operator, who runs podid'
managed\t'The cluster\'s control-plane identity, for the AKS add-on'
standard\t'The kubelet identity, for MIC'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l identity-resource-id -d 'Resource id of a user-assigned managed identity; may be repeated' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l assignee-object-id -d 'Object id of the principal, instead of the one `--for` means' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l assignee-principal-type -d 'Type of that principal; ServicePrincipal when not given' -r -f -a "User\t'A person'
Group\t'A group'
ServicePrincipal\t'A service principal or managed identity'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l dry-run -d 'Show what would be revoked, revoke nothing'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from revoke" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l for -d 'Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)' -r -f -a "direct\t'The signed-in operator, who runs podid'
managed\t'The cluster\'s control-plane identity, for the AKS add-on'
standard\t'The kubelet identity, for MIC'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l identity-resource-id -d 'Resource id of a user-assigned managed identity; may be repeated' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l assignee-object-id -d 'Object id of the principal, instead of the one `--for` means' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l assignee-principal-type -d 'Type of that principal; ServicePrincipal when not given' -r -f -a "User\t'A person'
Group\t'A group'
ServicePrincipal\t'A service principal or managed identity'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l for -d 'Who needs the roles: direct (you), managed (the control plane) or standard (the kubelet, for MIC)' -r -f -a "direct\t'The signed-in operator, who runs podid'
managed\t'The cluster\'s control-plane identity, for the AKS add-on'
standard\t'The kubelet identity, for MIC'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l identity-resource-id -d 'Resource id of a user-assigned managed identity; may be repeated' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l assignee-object-id -d 'Object id of the principal, instead of the one `--for` means' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l assignee-principal-type -d 'Type of that principal; ServicePrincipal when not given' -r -f -a "User\t'A person'
Group\t'A group'
ServicePrincipal\t'A service principal or managed identity'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand role; and __fish_seen_subcommand_from check" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -f -a "list" -d 'List node pools and the identities they hold'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -f -a "assign" -d 'Assign identities to the scale sets of node pools'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and not __fish_seen_subcommand_from list assign unassign" -f -a "unassign" -d 'Take identities off the scale sets of node pools'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from list" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l identity-resource-id -d 'Resource id of a user-assigned managed identity; may be repeated' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l nodepool-name -d 'Only this node pool; may be repeated; all that can hold identities when not given' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from assign" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l identity-resource-id -d 'Resource id of a user-assigned managed identity; may be repeated' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l nodepool-name -d 'Only this node pool; may be repeated; all that can hold identities when not given' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l via -d 'Who changes the cluster; auto when not given' -r -f -a "auto\t'The add-on when the cluster uses it, else podid itself'
direct\t'podid assigns the identity to the scale sets and writes the objects'
aks\t'The add-on: an edit of the cluster\'s podIdentityProfile'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l aks-custom-headers -d 'Headers of the request that changes the cluster, as Name=Value,Name=Value (the add-on\'s way only)' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l force -d 'Take it off though a pod identity still refers to it'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l no-wait -d 'Return when Azure has accepted the change'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand nodepool; and __fish_seen_subcommand_from unassign" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand plan" -s f -l file -d 'YAML or JSON file of pod identities; `-` reads stdin' -r -F
complete -c podid -n "__fish_podid_using_subcommand plan" -l out -d 'Save the plan for `podid apply`; readable for its owner only' -r -F
complete -c podid -n "__fish_podid_using_subcommand plan" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand plan" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand plan" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand plan" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand plan" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand plan" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand plan" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand plan" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand plan" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand plan" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand plan" -l prune -d 'Also remove what podid made and the file does not name'
complete -c podid -n "__fish_podid_using_subcommand plan" -l replace -d 'Take over objects of the same name that others made'
complete -c podid -n "__fish_podid_using_subcommand plan" -l exit-code -d 'Exit with code 10 when there are changes'
complete -c podid -n "__fish_podid_using_subcommand plan" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand plan" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand plan" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand plan" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand plan" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand plan" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand plan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand plan" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand apply" -s f -l file -d 'YAML or JSON file of pod identities; `-` reads stdin' -r -F
complete -c podid -n "__fish_podid_using_subcommand apply" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand apply" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand apply" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand apply" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand apply" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand apply" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand apply" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand apply" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand apply" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand apply" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand apply" -l prune -d 'Also remove what podid made and the file does not name'
complete -c podid -n "__fish_podid_using_subcommand apply" -l replace -d 'Take over objects of the same name that others made'
complete -c podid -n "__fish_podid_using_subcommand apply" -s y -l yes -d 'Do not ask'
complete -c podid -n "__fish_podid_using_subcommand apply" -l dry-run -d 'Show what would be changed, change nothing'
complete -c podid -n "__fish_podid_using_subcommand apply" -l no-wait -d 'Return when Azure has accepted the changes'
complete -c podid -n "__fish_podid_using_subcommand apply" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand apply" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand apply" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand apply" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand apply" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand apply" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand apply" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand apply" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand diff" -s f -l file -d 'YAML or JSON file of pod identities; `-` reads stdin' -r -F
complete -c podid -n "__fish_podid_using_subcommand diff" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand diff" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand diff" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand diff" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand diff" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand diff" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand diff" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand diff" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand diff" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand diff" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand diff" -l prune -d 'Also remove what podid made and the file does not name'
complete -c podid -n "__fish_podid_using_subcommand diff" -l replace -d 'Take over objects of the same name that others made'
complete -c podid -n "__fish_podid_using_subcommand diff" -l exit-code -d 'Exit with code 10 when something differs'
complete -c podid -n "__fish_podid_using_subcommand diff" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand diff" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand diff" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand diff" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand diff" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand diff" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand diff" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand diff" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand export" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand export" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand export" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand export" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand export" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand export" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand export" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand export" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand export" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand export" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand export" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand export" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand export" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand export" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand export" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand export" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand export" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand export" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand export" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand wait" -s g -l resource-group -d 'Resource group of the cluster' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -l cluster-name -d 'Name of the AKS cluster' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -l for -d 'What to wait for' -r -f -a "assigned\t'Pods can use it'
deleted\t'It is gone'"
complete -c podid -n "__fish_podid_using_subcommand wait" -l namespace -d 'Namespace of the pod identity; with --all only those of this namespace' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -s n -l name -d 'Name of the pod identity' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand wait" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand wait" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand wait" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand wait" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand wait" -l all -d 'All pod identities of the cluster'
complete -c podid -n "__fish_podid_using_subcommand wait" -l kubeconfig-from-azure -d 'Fetch the credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand wait" -l admin -d 'Fetch the cluster administrator\'s credentials from Azure, kept in memory only'
complete -c podid -n "__fish_podid_using_subcommand wait" -l force-context -d 'Use the kubeconfig though its server is not the cluster\'s'
complete -c podid -n "__fish_podid_using_subcommand wait" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand wait" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand wait" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand wait" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand install" -l mode -d 'Install podid-nmi, too: where identities come from' -r -f -a "managed\t'Bindings alone; podid or the add-on puts identities on the nodes\' machines'
standard\t'Bindings, once MIC has recorded that the node\'s machine holds the identity'"
complete -c podid -n "__fish_podid_using_subcommand install" -l image -d 'Image of podid-nmi, from a registry that the nodes may pull from' -r
complete -c podid -n "__fish_podid_using_subcommand install" -l namespace -d 'Namespace of podid-nmi; it must exist' -r
complete -c podid -n "__fish_podid_using_subcommand install" -l startup-taint -d 'Remove the taint of this key from a node once podid-nmi answers there' -r
complete -c podid -n "__fish_podid_using_subcommand install" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand install" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand install" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand install" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand install" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand install" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand install" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand install" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand install" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand install" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand install" -l crds-only -d 'Only the custom resource definitions'
complete -c podid -n "__fish_podid_using_subcommand install" -l allow-service-principals -d 'Serve identities that are service principals; podid-nmi may then read every Secret'
complete -c podid -n "__fish_podid_using_subcommand install" -l dry-run -d 'Show what would be installed, install nothing'
complete -c podid -n "__fish_podid_using_subcommand install" -l force -d 'Take over objects that somebody else manages with other content'
complete -c podid -n "__fish_podid_using_subcommand install" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand install" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand install" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand install" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand install" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l namespace -d 'Namespace of podid-nmi' -r
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l kubeconfig -d 'Kubeconfig file; else KUBECONFIG, else ~/.kube/config' -r -F
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l context -d 'Context of the kubeconfig' -r
complete -c podid -n "__fish_podid_using_subcommand uninstall" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l crds -d 'Delete the custom resource definitions, too'
complete -c podid -n "__fish_podid_using_subcommand uninstall" -s y -l yes -d 'With --crds: delete every object of theirs'
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l dry-run -d 'Show what would be deleted, delete nothing'
complete -c podid -n "__fish_podid_using_subcommand uninstall" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand uninstall" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand uninstall" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand uninstall" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand uninstall" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -f -a "up" -d 'Start a sandbox and print what to export'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -f -a "down" -d 'Stop a sandbox'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -f -a "status" -d 'Show the sandboxes that run'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -f -a "run" -d 'Run a command in a sandbox of its own'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -f -a "exec" -d 'Run a command in the network of a pod'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and not __fish_seen_subcommand_from up down status run exec serve" -f -a "serve" -d 'Serve a sandbox until it is told to stop'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s n -l name -d 'Name of the sandbox' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l time-scale -d 'Factor on the time that Azure\'s operations take; 0 ends them at once, 1 is Azure\'s own pace' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l seed -d 'YAML file with the state of Azure at the start' -r -F
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l clusters -d 'Number of Kubernetes API servers, one for each cluster in the seed' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l env-file -d 'Write the export lines to a file instead of stdout' -r -F
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l no-kubernetes -d 'Start the Azure emulator only, no Kubernetes API server'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l nmi -d 'Add a node with podid-nmi, whose pods have networks of their own; needs Linux and root'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from up" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -s n -l name -d 'Name of the sandbox' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l ignore-not-found -d 'Succeed when it is not up'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from down" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l time-scale -d 'Factor on the time that Azure\'s operations take; 0 ends them at once, 1 is Azure\'s own pace' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l seed -d 'YAML file with the state of Azure at the start' -r -F
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l clusters -d 'Number of Kubernetes API servers, one for each cluster in the seed' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l no-kubernetes -d 'Start the Azure emulator only, no Kubernetes API server'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l nmi -d 'Add a node with podid-nmi, whose pods have networks of their own; needs Linux and root'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from run" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s n -l name -d 'Name of the sandbox; without it the one that is exported here, else `default`' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l namespace -d 'Namespace of the pod' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l pod -d 'Name of the pod' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l pod-labels -d 'Labels of the pod; it is made when there is none' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l node -d 'Run it in the network of the node instead'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from exec" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s n -l name -d 'Name of the sandbox' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l time-scale -d 'Factor on the time that Azure\'s operations take; 0 ends them at once, 1 is Azure\'s own pace' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l seed -d 'YAML file with the state of Azure at the start' -r -F
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l clusters -d 'Number of Kubernetes API servers, one for each cluster in the seed' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l no-kubernetes -d 'Start the Azure emulator only, no Kubernetes API server'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l nmi -d 'Add a node with podid-nmi, whose pods have networks of their own; needs Linux and root'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -f -a "show" -d 'Show every default in force and where it comes from'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -f -a "path" -d 'Print where the configuration file is, or would be'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -f -a "set" -d 'Keep a default in the configuration file'
complete -c podid -n "__fish_podid_using_subcommand config; and not __fish_seen_subcommand_from show path set unset" -f -a "unset" -d 'Take a default out of the configuration file'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from show" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from path" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from set" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand config; and __fish_seen_subcommand_from unset" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand completion" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand completion" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand completion" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand completion" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand completion" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand completion" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand completion" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand completion" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand completion" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand completion" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand completion" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand completion" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand completion" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand docs" -l format -d 'What to print' -r -f -a "markdown\t'The reference as Markdown'
man\t'One man page'
json\t'The command tree as JSON'"
complete -c podid -n "__fish_podid_using_subcommand docs" -l page -d 'Which man page' -r
complete -c podid -n "__fish_podid_using_subcommand docs" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand docs" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand docs" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand docs" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand docs" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand docs" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand docs" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand docs" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand docs" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand docs" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand docs" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand docs" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand docs" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand version" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand version" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand version" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand version" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand version" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand version" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand version" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand version" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand version" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand version" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand version" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand version" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand version" -s V -l version -d 'Print version'
complete -c podid -n "__fish_podid_using_subcommand help" -s o -l output -d 'Output format; a table on a terminal, JSON otherwise' -r -f -a "table\t'Aligned columns for people; tabs when piped'
json\t'Indented JSON'
yaml\t'YAML'
tsv\t'Tab-separated values without headers'
none\t'Nothing'"
complete -c podid -n "__fish_podid_using_subcommand help" -l query -d 'JMESPath query over the JSON result' -r
complete -c podid -n "__fish_podid_using_subcommand help" -l subscription -d 'Subscription name or id' -r
complete -c podid -n "__fish_podid_using_subcommand help" -l credential -d 'Sign-in to use: auto (the default), cli, managed-identity, workload-identity, client-secret or client-certificate' -r
complete -c podid -n "__fish_podid_using_subcommand help" -l cloud -d 'Azure cloud: AzureCloud (the default), AzureUSGovernment or AzureChinaCloud' -r
complete -c podid -n "__fish_podid_using_subcommand help" -l timeout -d 'Longest time to wait for Azure and Kubernetes, for example 90s; 5m when not given' -r
complete -c podid -n "__fish_podid_using_subcommand help" -l color -d 'When to use colour; auto when not given' -r -f -a "auto\t'Colour on a terminal, unless `NO_COLOR` is set'
always\t'Always colour'
never\t'Never colour'"
complete -c podid -n "__fish_podid_using_subcommand help" -l error-format -d 'Format of errors on stderr; text when not given' -r -f -a "text\t'For people'
json\t'One JSON object in ARM\'s error envelope'"
complete -c podid -n "__fish_podid_using_subcommand help" -s q -l quiet -d 'Say nothing on stderr but errors'
complete -c podid -n "__fish_podid_using_subcommand help" -s v -l verbose -d 'Show requests and their statuses; twice for more, never secrets'
complete -c podid -n "__fish_podid_using_subcommand help" -l debug -d 'Same as -vv'
complete -c podid -n "__fish_podid_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c podid -n "__fish_podid_using_subcommand help" -s V -l version -d 'Print version'
