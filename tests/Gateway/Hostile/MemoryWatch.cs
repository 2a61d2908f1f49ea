namespace Actors.Gateway.Tests.Hostile;

/// <summary>Measures by how much the managed heap grows at most while something goes on.</summary>
/// <remarks>What nobody refers to any more does not count: each sample is taken after a collection.</remarks>
internal sealed class MemoryWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly long _beforeBytes = GC.GetTotalMemory(forceFullCollection: true);
    private readonly Task _watching;
    private long _peakBytes;
    private long _samples;

    public MemoryWatch() => _watching = Task.Factory.StartNew(Watch, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends the watch.</summary>
    /// <returns>The largest growth that was seen, in bytes.</returns>
    public async Task<long> EndAsync()
    {
        await _ending.CancelAsync();
        await _watching;
        Assert.True(_samples > 0);
        return _peakBytes - _beforeBytes;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching;
        _ending.Dispose();
    }

    private void Watch()
    {
        do
        {
            GC.Collect();
            _peakBytes = Math.Max(_peakBytes, GC.GetTotalMemory(forceFullCollection: false));
            _samples++;
        }
        while (!_ending.Token.WaitHandle.WaitOne(50));
    }
}
