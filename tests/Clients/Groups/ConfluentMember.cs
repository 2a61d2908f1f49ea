using Confluent.Kafka;

namespace Actors.Clients.Tests.Groups;

/// <summary>One member of a group on a thread of its own: reads, commits every record by itself, and tells the ledger.</summary>
public sealed class ConfluentMember : IAsyncDisposable
{
    /// <summary>How long the group waits for a member that has died.</summary>
    public const int SessionTimeoutMs = 6_000;

    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource _ending = new();
    private readonly string _name;
    private readonly GroupLedger _ledger;
    private readonly Task _running;
    private volatile bool _leaves = true;

    /// <summary>Starts the member.</summary>
    public ConfluentMember(string bootstrap, string group, string topic, string name, PartitionAssignmentStrategy strategy, GroupLedger ledger)
    {
        (_name, _ledger) = (name, ledger);
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrap,
            ClientId = name,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            PartitionAssignmentStrategy = strategy,
            SessionTimeoutMs = SessionTimeoutMs,
            HeartbeatIntervalMs = 200,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        };
        _running = Task.Factory.StartNew(() => Run(config, topic), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Says goodbye to the group.</summary>
    public async Task LeaveAsync()
    {
        await _ending.CancelAsync();
        await _running;
    }

    /// <summary>Falls silent without a word; the group finds out when the session ends.</summary>
    public Task DieAsync()
    {
        _leaves = false;
        return LeaveAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await LeaveAsync();
        _ending.Dispose();
    }

    private void Run(ConsumerConfig config, string topic)
    {
        // The silo is killed in between: what the client prints about that helps nobody.
        using var consumer = new ConsumerBuilder<Ignore, string>(config)
            .SetLogHandler((_, _) => { })
            .SetPartitionsAssignedHandler((_, partitions) => partitions.ForEach(partition => _ledger.Assigned(_name, partition.Partition)))
            .SetPartitionsRevokedHandler((_, partitions) => partitions.ForEach(partition => _ledger.GivenUp(_name, partition.Partition)))
            .SetPartitionsLostHandler((_, partitions) => partitions.ForEach(partition => _ledger.GivenUp(_name, partition.Partition)))
            .Build();
        consumer.Subscribe(topic);
        while (!_ending.IsCancellationRequested)
        {
            if (consumer.Consume(PollTimeout) is { } record)
            {
                _ledger.Read(_name, record.Partition, record.Offset);
                Commit(consumer, record);
            }
        }

        if (_leaves)
        {
            consumer.Close();
        }
        else
        {
            // Disposing without closing sends no LeaveGroup.
            _ledger.Died(_name);
        }
    }

    private void Commit(IConsumer<Ignore, string> consumer, ConsumeResult<Ignore, string> record)
    {
        try
        {
            consumer.Commit(record);
            _ledger.Committed(record.Partition, record.Offset + 1);
        }
        catch (KafkaException refused) when (refused.Error.Code is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId)
        {
            // The group changes at this moment: whoever has the partition next reads the record again.
        }
    }
}
