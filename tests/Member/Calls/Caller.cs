using System.Globalization;

namespace Actors.Member.Calls;

/// <summary>Makes calls again and again, each one call at a time, until the silo stops. A call that fails is printed.</summary>
internal sealed class Caller : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ending = new();
    private Task _calling = Task.CompletedTask;
    private long _answered;

    /// <summary>How many calls have been answered.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Calls so many grains from now on.</summary>
    /// <param name="kind">Their keys are this, a hyphen, and a number from 1.</param>
    /// <param name="count">How many.</param>
    /// <param name="call">Calls the one with a key.</param>
    public void Begin(string kind, int count, Func<string, Task> call) => _calling = Task.WhenAll(
        Enumerable.Range(1, count).Select(number => RunAsync(string.Create(CultureInfo.InvariantCulture, $"{kind}-{number}"), call)).Append(_calling));

    /// <summary>Calls no more, and completes when every call has its answer.</summary>
    public async Task EndAsync()
    {
        await _ending.CancelAsync();
        await _calling;
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private async Task RunAsync(string key, Func<string, Task> call)
    {
        using var ticks = new PeriodicTimer(Period);
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await call(key);
                Interlocked.Increment(ref _answered);
            }
            catch (Exception failure)
            {
                await Console.Out.WriteLineAsync($"A call of {key} has failed: {failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}");
            }

            await ((Task)ticks.WaitForNextTickAsync(_ending.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
