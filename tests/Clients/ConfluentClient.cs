using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Actors.Clients.Tests;

/// <summary>librdkafka (the distribution's) through Confluent.Kafka, in the test's own process.</summary>
public sealed class ConfluentClient : IForeignClient
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    /// <summary>Points Confluent.Kafka's imports at the distribution's libraries.</summary>
    [ModuleInitializer]
    internal static void FindLibraries() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

    /// <inheritdoc/>
    public bool IsIdempotent => true;

    /// <inheritdoc/>
    public async Task ProduceAsync(string bootstrap, string topic, string codec, IReadOnlyList<ClientRecord> records)
    {
        var config = new ProducerConfig
        {
            BootstrapServers = bootstrap,
            Acks = Acks.All,
            EnableIdempotence = true,
            CompressionType = Enum.Parse<CompressionType>(codec, ignoreCase: true),
            LingerMs = 20,
        };
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(config).Build();
        await Task.WhenAll(records.Select(record => producer.ProduceAsync(new TopicPartition(topic, record.Partition), new Message<byte[]?, byte[]?>
        {
            Key = Bytes(record.Key),
            Value = Bytes(record.Value),
            Headers = ToHeaders(record.Headers),
        })));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ClientRecord>> ConsumeAsync(string bootstrap, IReadOnlyList<string> topics, string group, int count) => Task.Run<IReadOnlyList<ClientRecord>>(() =>
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        };
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config).Build();
        using var guard = new CancellationTokenSource(Guard);
        var seen = new List<ClientRecord>();
        consumer.Subscribe(topics);
        while (seen.Count < count)
        {
            var result = consumer.Consume(guard.Token);
            seen.Add(new ClientRecord(result.Topic, result.Partition, Base64(result.Message.Key), Base64(result.Message.Value),
                [.. result.Message.Headers.Select(header => new ClientHeader(header.Key, Base64(header.GetValueBytes())))])
            {
                Offset = result.Offset,
            });
        }

        consumer.Commit();
        consumer.Close();
        return seen;
    });

    private static Headers ToHeaders(IReadOnlyList<ClientHeader> headers)
    {
        var result = new Headers();
        foreach (var header in headers)
        {
            result.Add(header.Name, Bytes(header.Value));
        }

        return result;
    }

    private static byte[]? Bytes(string? base64) => base64 is null ? null : Convert.FromBase64String(base64);

    private static string? Base64(byte[]? bytes) => bytes is null ? null : Convert.ToBase64String(bytes);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        "librdkafka" => NativeLibrary.Load("librdkafka.so.1"),
        "libdl" => NativeLibrary.Load("libdl.so.2"),
        _ => nint.Zero,
    };
}
