using System.Globalization;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Cluster.Tests.Upgrade;

/// <summary>
/// Makes topics without a pause, at each silo in turn, whether or not it is being replaced. A grain that lives on one of the silos
/// answers every such request, so it is called from silo to silo, moves with each restart, and is called again.
/// </summary>
/// <remarks>
/// What counts: it is a client as Kafka's own AdminClient (<see cref="PatientClient"/>), which goes to another broker when a connection
/// is lost, and asks once more after NOT_CONTROLLER. A topic that is there already is its own when an earlier attempt was sent and lost its
/// connection: nobody else makes one of that name. Every other answer, and none within a minute, is a failure.
/// </remarks>
internal sealed class TopicLoad(SiloCluster cluster) : IDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _answers = new(0);
    private readonly List<string> _made = [];
    private readonly List<string> _failures = [];

    /// <summary>The names of the topics that were made; read it when the load has ended.</summary>
    public IReadOnlyList<string> Made => _made;

    /// <summary>What went wrong; read it when the load has ended.</summary>
    public IReadOnlyList<string> Failures => _failures;

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
            await MakeAsync(number, string.Create(CultureInfo.InvariantCulture, $"load-{number}"));
            _answers.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _answers.Dispose();
        _ending.Dispose();
    }

    private async Task MakeAsync(int number, string name)
    {
        var (attempts, sent) = (0, 0);
        var request = new CreateTopicsRequest { TimeoutMs = 30_000, Topics = [new() { Name = name, NumPartitions = 1, ReplicationFactor = 1 }] };
        try
        {
            var (message, error) = await PatientClient.AskAsync(
                async () =>
                {
                    var silo = cluster.Silos[(number + attempts++) % cluster.Silos.Count];
                    var answer = await PatientClient.OnceAsync(silo, connection =>
                    {
                        sent++;
                        return connection.SendAsync(request, CancellationToken.None);
                    });
                    var topic = answer.Topics[0];
                    return ($"{topic.ErrorMessage} ({silo.Bootstrap})", topic.ErrorCode);
                },
                ErrorCode.NotController);
            if (error == ErrorCode.None || (error == ErrorCode.TopicAlreadyExists && sent > 1)) _made.Add(name);
            else _failures.Add($"{name}: {error} {message}");
        }
        catch (Exception failure)
        {
            _failures.Add($"{name}: {failure.Message}");
        }
    }
}
