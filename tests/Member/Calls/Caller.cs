using System.Globalization;
using Orleans;

namespace Actors.Member.Calls;

/// <summary>Calls grains again and again, each one call at a time, until the silo stops. A call that fails is printed.</summary>
internal sealed class Caller(IGrainFactory grains) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ending = new();
    private Task _calling = Task.CompletedTask;
    private long _answered;

    /// <summary>How many calls have been answered.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Calls so many grains from now on.</summary>
    public void Begin(int count) => _calling = Task.WhenAll(Enumerable.Range(1, count).Select(RunAsync));

    /// <summary>Calls no more, and completes when every call has its answer.</summary>
    public async Task EndAsync()
    {
        await _ending.CancelAsync();
        await _calling;
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    private async Task RunAsync(int number)
    {
        var grain = grains.GetGrain<IPlaceGrain>(string.Create(CultureInfo.InvariantCulture, $"place-{number}"));
        using var ticks = new PeriodicTimer(Period);
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await grain.Where();
                Interlocked.Increment(ref _answered);
            }
            catch (Exception failure)
            {
                await Console.Out.WriteLineAsync($"A call of {grain.GetPrimaryKeyString()} has failed: {failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}");
            }

            await ((Task)ticks.WaitForNextTickAsync(_ending.Token).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
