using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Client;

namespace Actors.Cluster.Tests.Upgrade;

/// <summary>
/// Asks as Kafka's own clients do: a connection that cannot be made, or ends before the answer, and errors that the protocol calls
/// retriable, are tried again until a minute is over. Anything else is the answer.
/// </summary>
internal static class PatientClient
{
    /// <summary>default.api.timeout.ms.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>retry.backoff.ms.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="ask">Asks once; the answer, and its error.</param>
    /// <param name="retriable">Errors after which clients ask for this once more.</param>
    /// <returns>The first answer that has none of these errors.</returns>
    /// <exception cref="TimeoutException">There was none within the limit; it says what was last.</exception>
    public static async Task<(T Answer, ErrorCode Error)> AskAsync<T>(Func<Task<(T Answer, ErrorCode Error)>> ask, params ErrorCode[] retriable)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pauses = new PeriodicTimer(Pause);
        for (var last = ""; ;)
        {
            try
            {
                var answer = await ask();
                if (!retriable.Contains(answer.Error)) return answer;
                last = $"{answer.Error}";
            }
            catch (KafkaConnectionException lost) when (IsLost(lost.Failure))
            {
                last = lost.Message;
            }

            if (limit.IsCancellationRequested) throw new TimeoutException($"No answer within {Limit}; the last was: {last}");
            await pauses.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Asks a silo once, on a connection of its own.</summary>
    public static async Task<T> OnceAsync<T>(SiloProcess silo, Func<KafkaConnection, Task<T>> ask)
    {
        await using var connection = await KafkaConnection.ConnectAsync(
            "127.0.0.1", silo.Options.KafkaPort, new KafkaConnectionOptions(), TimeProvider.System, CancellationToken.None);
        return await ask(connection);
    }

    private static bool IsLost(KafkaConnectionFailure failure) => failure is
        KafkaConnectionFailure.ConnectFailed or KafkaConnectionFailure.ConnectTimedOut or KafkaConnectionFailure.ClosedByBroker or KafkaConnectionFailure.RequestTimedOut;
}
