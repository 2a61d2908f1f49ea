using System.Collections.Concurrent;
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
    private readonly ConcurrentQueue<string> _refusals = [];
    private readonly Task _running;
    private volatile bool _leaves = true;

    /// <summary>Starts the member.</summary>
    public ConfluentMember(
        string bootstrap, string group, string topic, string name, PartitionAssignmentStrategy strategy, GroupLedger ledger, int sessionTimeoutMs = SessionTimeoutMs)
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
            SessionTimeoutMs = sessionTimeoutMs,
            HeartbeatIntervalMs = 200,
            ReconnectBackoffMs = 20,
            ReconnectBackoffMaxMs = 200,
        };
        _running = Task.Factory.StartNew(() => Run(config, topic), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Commits that were refused for good, and errors that the client calls fatal.</summary>
    public IReadOnlyCollection<string> Refusals => _refusals;

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
            .SetErrorHandler((_, error) => Note(error, error.IsFatal))
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

    /// <summary>Commits as commitSync of Kafka's own consumer does: librdkafka leaves the trying again to its user.</summary>
    private void Commit(IConsumer<Ignore, string> consumer, ConsumeResult<Ignore, string> record)
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                consumer.Commit(record);
                _ledger.Committed(record.Partition, record.Offset + 1);
                return;
            }
            catch (KafkaException refused) when (refused.Error.Code is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId)
            {
                // The group changes at this moment: whoever has the partition next reads the record again.
                return;
            }
            catch (KafkaException refused) when (IsTriedAgain(refused.Error.Code))
            {
                // The client finds the group's coordinator by itself; it has waited for it.
            }
            catch (KafkaException refused)
            {
                Note(refused.Error, isRefusal: true);
                return;
            }
        }
    }

    /// <summary>Errors of a commit after which Kafka's own consumer looks for the coordinator and sends it again.</summary>
    private static bool IsTriedAgain(ErrorCode code) => code is
        ErrorCode.NotCoordinatorForGroup or ErrorCode.GroupCoordinatorNotAvailable or ErrorCode.GroupLoadInProgress or ErrorCode.RequestTimedOut
        or ErrorCode.Local_Transport or ErrorCode.Local_WaitCoord or ErrorCode.Local_TimedOut;

    private void Note(Error error, bool isRefusal)
    {
        if (isRefusal) _refusals.Enqueue($"{_name}: {error}");
    }
}
