using System.Diagnostics;

namespace Actors.Bench.Cluster.Failover;

/// <summary>One grain that is called again and again, and what has come of it. Its loop writes; others read.</summary>
internal sealed class CalledGrain(IHomeGrain grain)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private long _since = long.MaxValue;
    private TaskCompletionSource<double> _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls that have failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Why the last of them has.</summary>
    public string LastFailure { get; private set; } = "";

    /// <summary>Milliseconds from a moment to the first answer to a call that was made after it.</summary>
    /// <param name="since">The moment, of <see cref="Stopwatch"/>, whose clock is the whole machine's.</param>
    public Task<double> AnswerSinceAsync(long since)
    {
        lock (_lock)
        {
            (_since, _answered) = (since, new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously));
            return _answered.Task;
        }
    }

    /// <summary>Calls at the period's rate, one call at a time, until the token is cancelled.</summary>
    /// <param name="firstDelay">Spreads the grains over the period.</param>
    /// <param name="token">Ends it.</param>
    public async Task RunAsync(TimeSpan firstDelay, CancellationToken token)
    {
        await Task.Delay(firstDelay, TimeProvider.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var ticks = new PeriodicTimer(Period);
        while (!token.IsCancellationRequested)
        {
            long started = Stopwatch.GetTimestamp();
            try
            {
                await grain.Home();
                Note(started);
            }
            catch (Exception failure)
            {
                Failures++;
                LastFailure = $"{failure.GetType().Name}: {failure.Message}";
            }

            await ((Task)ticks.WaitForNextTickAsync(token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Note(long started)
    {
        lock (_lock)
        {
            if (started > _since)
            {
                _answered.TrySetResult(Stopwatch.GetElapsedTime(_since).TotalMilliseconds);
            }
        }
    }
}
