using System.Globalization;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Cluster.Tests.Upgrade;

/// <summary>
/// Makes topics without a pause, at each silo that is not being replaced. A grain that lives on one of the silos answers every such
/// request, so it is called from silo to silo, moves with each restart, and is called again.
/// </summary>
internal sealed class TopicLoad(SiloCluster cluster) : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _answers = new(0);
    private readonly List<string> _made = [];
    private readonly List<string> _failures = [];
    private volatile int _absent;

    /// <summary>The names of the topics that were made; read it when the load has ended.</summary>
    public IReadOnlyList<string> Made => _made;

    /// <summary>What went wrong; read it when the load has ended.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>From now on nothing is asked of this node; 0: all are asked.</summary>
    public int Absent
    {
        get => _absent;
        set => _absent = value;
    }

    /// <summary>Waits for the answers to so many further requests, good or bad.</summary>
    public async Task AnswersAsync(int count)
    {
        while (await _answers.WaitAsync(0))
        {
            // Given before.
        }

        for (var answer = 0; answer < count; answer++) Assert.True(await _answers.WaitAsync(Guard), $"No answer within {Guard}.");
    }

    /// <summary>No more requests from now on.</summary>
    public Task EndAsync() => _ending.CancelAsync();

    /// <summary>Runs until it is ended.</summary>
    public async Task RunAsync()
    {
        for (var number = 1; !_ending.IsCancellationRequested; number++)
        {
            var node = 1 + (number % cluster.Silos.Count);
            if (node == _absent) continue;
            await MakeAsync(node, string.Create(CultureInfo.InvariantCulture, $"load-{number}"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _answers.Dispose();
        _ending.Dispose();
    }

    private async Task MakeAsync(int node, string name)
    {
        try
        {
            await using var connection = await KafkaConnection.ConnectAsync(
                "127.0.0.1", cluster.Silos[node - 1].Options.KafkaPort, new KafkaConnectionOptions(), TimeProvider.System, CancellationToken.None);
            var request = new CreateTopicsRequest { TimeoutMs = 30_000, Topics = [new() { Name = name, NumPartitions = 1, ReplicationFactor = 1 }] };
            var answer = (await connection.SendAsync(request, CancellationToken.None)).Topics[0];
            if (answer.ErrorCode == ErrorCode.None) _made.Add(name);
            else if (!Fails(node, name, $"{answer.ErrorCode} {answer.ErrorMessage}")) return;
        }
        catch (Exception failure)
        {
            if (!Fails(node, name, failure.Message)) return;
        }

        _answers.Release();
    }

    /// <summary>Notes a failure, unless the node was being replaced by the time of the answer.</summary>
    private bool Fails(int node, string name, string reason)
    {
        if (node == _absent) return false;
        _failures.Add($"{name} at node {node}: {reason}");
        return true;
    }
}
