using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Actors.Harness;

namespace Actors.Clients.Tests;

/// <summary>kcat, the command line of librdkafka. Its keys and values are lines of text here.</summary>
public sealed class KcatClient : IForeignClient
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    /// <inheritdoc/>
    public bool KnowsEmptyValues => false;

    /// <inheritdoc/>
    public bool IsIdempotent => false;

    /// <inheritdoc/>
    public async Task ProduceAsync(string bootstrap, string topic, string codec, IReadOnlyList<ClientRecord> records)
    {
        // Headers and the partition are arguments of kcat, so records that share them go in one run.
        foreach (var run in records.GroupBy(record => (record.Partition, Headers: string.Join('\n', record.Headers.Select(ToArgument)))))
        {
            string[] arguments =
            [
                "-P", "-b", bootstrap, "-t", topic, "-p", run.Key.Partition.ToString(CultureInfo.InvariantCulture), "-z", codec, "-Z", "-K", "\t",
                "-X", "acks=all", "-X", "topic.message.timeout.ms=30000",
                .. run.Key.Headers.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(header => (string[])["-H", header]),
            ];
            var lines = string.Concat(run.Select(record => $"{Text(record.Key)}\t{Text(record.Value)}\n"));
            (await ForeignProgram.RunAsync("kcat", arguments, lines, Guard)).OutputOfSuccess();
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClientRecord>> ConsumeAsync(string bootstrap, IReadOnlyList<string> topics, string group, int count)
    {
        string[] arguments =
        [
            "-b", bootstrap, "-J", "-c", count.ToString(CultureInfo.InvariantCulture), "-X", "auto.offset.reset=earliest",
            "-X", "session.timeout.ms=10000", "-G", group, .. topics,
        ];
        var output = (await ForeignProgram.RunAsync("kcat", arguments, string.Empty, Guard)).OutputOfSuccess();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith('{')).Select(FromJson)];
    }

    private static string ToArgument(ClientHeader header) => header.Value is null ? header.Name : $"{header.Name}={Text(header.Value)}";

    private static string Text(string? base64) => base64 is null ? string.Empty : Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private static string? Base64(JsonNode? node) => node is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes((string)node!));

    private static ClientRecord FromJson(string line)
    {
        var json = JsonNode.Parse(line)!.AsObject();
        var headers = (json["headers"]?.AsArray() ?? []).Chunk(2).Select(pair => new ClientHeader((string)pair[0]!, Base64(pair[1])));
        return new ClientRecord((string)json["topic"]!, (int)json["partition"]!, Base64(json["key"]), Base64(json["payload"]), [.. headers])
        {
            Offset = (long)json["offset"]!,
        };
    }
}
