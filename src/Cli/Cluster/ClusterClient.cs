using System.Collections.Concurrent;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Cli.Cluster;

/// <summary>Speaks Kafka to a cluster: one connection to whichever bootstrap address answers, and one to each leader that is needed.</summary>
public sealed class ClusterClient : IAsyncDisposable
{
    private readonly KafkaConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly KafkaConnection _bootstrap;
    private readonly ConcurrentDictionary<HostPort, Lazy<Task<KafkaConnection>>> _others = new();

    private ClusterClient(KafkaConnection bootstrap, KafkaConnectionOptions options, TimeProvider time)
    {
        _bootstrap = bootstrap;
        _options = options;
        _time = time;
    }

    /// <summary>Connects to the first address that answers.</summary>
    /// <exception cref="KafkaConnectionException">None answers; this is what happened to the last one.</exception>
    public static async Task<ClusterClient> ConnectAsync(
        IReadOnlyList<HostPort> addresses, KafkaConnectionOptions options, TimeProvider time, CancellationToken token)
    {
        for (var index = 0; ; index++)
        {
            try
            {
                var connection = await KafkaConnection.ConnectAsync(addresses[index].Host, addresses[index].Port, options, time, token);
                return new ClusterClient(connection, options, time);
            }
            catch (KafkaConnectionException) when (index + 1 < addresses.Count)
            {
                // The next address may answer.
            }
        }
    }

    /// <summary>Asks the bootstrap broker.</summary>
    /// <exception cref="KafkaConnectionException">The connection or the request came to nothing.</exception>
    public Task<TResponse> AskAsync<TResponse>(IKafkaRequest<TResponse> request, CancellationToken token)
        where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse> => _bootstrap.SendAsync(request, token);

    /// <summary>The version in which the bootstrap broker is asked, or -1 when it does not serve the API.</summary>
    public short HighestVersion(ApiKey key) => _bootstrap.Versions.TryChoose(key, out var version) ? version : (short)-1;

    /// <summary>The cluster's brokers and topics.</summary>
    /// <param name="topics">Names, or null for all topics. No topic is created by asking.</param>
    public Task<MetadataResponse> GetMetadataAsync(IReadOnlyList<string>? topics, CancellationToken token) =>
        AskAsync(
            new MetadataRequest
            {
                Topics = topics?.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name }).ToList(),
                AllowAutoTopicCreation = false,
            },
            token);

    /// <summary>The topic with its partitions, or null when there is none.</summary>
    /// <exception cref="CliException">The broker answered with another error.</exception>
    public async Task<TopicMetadata?> FindTopicAsync(string name, CancellationToken token)
    {
        var metadata = await GetMetadataAsync([name], token);
        var topic = metadata.Topics.Find(topic => topic.Name == name);
        return topic switch
        {
            null or { ErrorCode: ErrorCode.UnknownTopicOrPartition } => null,
            { ErrorCode: not ErrorCode.None } => throw new CliException(Advice.For($"Topic '{name}' cannot be looked up", topic.ErrorCode, null)),
            _ => TopicMetadata.From(metadata, topic),
        };
    }

    /// <summary>The connection to a broker; opened at the first call and shared.</summary>
    /// <exception cref="KafkaConnectionException">It cannot be reached.</exception>
    public Task<KafkaConnection> GetConnectionAsync(HostPort broker, CancellationToken token) =>
        _others.GetOrAdd(broker, address => new(() => OpenAsync(address, token))).Value;

    /// <summary>A connection of the caller's own.</summary>
    /// <exception cref="KafkaConnectionException">The broker cannot be reached.</exception>
    public Task<KafkaConnection> OpenAsync(HostPort broker, CancellationToken token) =>
        KafkaConnection.ConnectAsync(broker.Host, broker.Port, _options, _time, token);

    /// <summary>Closes all connections but those that <see cref="OpenAsync"/> handed out.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var other in _others.Values)
        {
            try
            {
                await (await other.Value).DisposeAsync();
            }
            catch (Exception e) when (e is KafkaConnectionException or OperationCanceledException)
            {
                // It was never open.
            }
        }

        await _bootstrap.DisposeAsync();
    }
}
