using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Actors.Silo.Tests.Deploy;

/// <summary>Makes a container's environment as a node's agent does: from texts, facts of the pod, and secrets.</summary>
/// <param name="manifests">The rendered objects.</param>
/// <param name="index">The pod's number.</param>
/// <param name="secret">The keys of the secret.</param>
public sealed partial class Kubelet(Manifests manifests, int index, IReadOnlyDictionary<string, string> secret)
{
    /// <summary>The pod's address.</summary>
    public string PodIp { get; init; } = string.Create(CultureInfo.InvariantCulture, $"10.244.{index}.7");

    /// <summary>The pod's name.</summary>
    public string PodName => string.Create(CultureInfo.InvariantCulture, $"{manifests.StatefulSet["metadata"]!["name"]}-{index}");

    /// <summary>The names and values that the process sees.</summary>
    /// <exception cref="KeyNotFoundException">The secret lacks a key, or the pod has no such fact; the pod would not start.</exception>
    public IDictionary Environment()
    {
        Hashtable variables = [];
        foreach (var variable in manifests.Container["env"]!.AsArray())
        {
            var value = variable!["valueFrom"] is { } source ? Value(source) : Expand((string)variable["value"]!, variables);
            variables.Add((string)variable["name"]!, value);
        }

        return variables;
    }

    private string Value(JsonNode source)
    {
        if (source["secretKeyRef"] is { } reference)
        {
            Assert.Equal("actors", (string?)reference["name"]);
            return secret[(string)reference["key"]!];
        }

        var space = (string)manifests.StatefulSet["metadata"]!["namespace"]!;
        return (string)source["fieldRef"]!["fieldPath"]! switch
        {
            "metadata.name" => PodName,
            "metadata.namespace" => space,
            "metadata.labels['apps.kubernetes.io/pod-index']" => index.ToString(CultureInfo.InvariantCulture),
            "status.podIP" => PodIp,
            var other => throw new KeyNotFoundException($"a pod has no {other} for its containers"),
        };
    }

    /// <summary>A reference to a variable that stands further up is replaced; another stays as it is.</summary>
    private static string Expand(string text, Hashtable variables) =>
        Reference().Replace(text, match => (string?)variables[match.Groups[1].Value] ?? match.Value);

    [GeneratedRegex(@"\$\(([A-Za-z_]\w*)\)")]
    private static partial Regex Reference();
}
