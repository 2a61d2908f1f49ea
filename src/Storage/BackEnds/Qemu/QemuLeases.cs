namespace Actors.Storage.BackEnds.Qemu;

/// <summary>Which copies' rates this process holds, and for how long; a rate that is not renewed is lowered.</summary>
/// <param name="time">Whose clock it is.</param>
/// <param name="lower">Lowers the rate of a volume's copy. When it fails it is tried again a second later.</param>
internal sealed class QemuLeases(TimeProvider time, Func<string, CancellationToken, Task> lower) : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ITimer> _held = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Whether this process holds the rate of the volume's copy.</summary>
    public bool IsHeld(string volume)
    {
        lock (_gate) return _held.ContainsKey(volume);
    }

    /// <summary>Holds it, for so long from now.</summary>
    public void Hold(string volume, TimeSpan timeToLive)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return;
            if (_held.TryGetValue(volume, out var timer)) timer.Change(timeToLive, Timeout.InfiniteTimeSpan);
            else _held.Add(volume, time.CreateTimer(_ => _ = LapseAsync(volume), null, timeToLive, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>Does not hold it any more: there is no copy.</summary>
    public void Drop(string volume)
    {
        lock (_gate)
        {
            if (_held.Remove(volume, out var timer)) timer.Dispose();
        }
    }

    /// <summary>Lowers every rate that is held.</summary>
    public async ValueTask DisposeAsync()
    {
        string[] volumes;
        lock (_gate)
        {
            volumes = [.. _held.Keys];
            foreach (var timer in _held.Values) timer.Dispose();
            _held.Clear();
        }

        foreach (var volume in volumes)
        {
            try
            {
                await lower(volume, CancellationToken.None);
            }
            catch (BackEndException)
            {
                // Whoever finds it next lowers it.
            }
        }

        await _stop.CancelAsync();
        _stop.Dispose();
    }

    private async Task LapseAsync(string volume)
    {
        Drop(volume);
        try
        {
            await lower(volume, _stop.Token);
        }
        catch (BackEndException)
        {
            Hold(volume, RetryPause);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // This process lets go of everything.
        }
    }
}
