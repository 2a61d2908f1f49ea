using System.Threading.Channels;
using Actors.Grains.Tests.Support;
using Actors.Membership;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>Watches a membership table until disposed of, and keeps what it was told.</summary>
public sealed class WatchedVersions : IAsyncDisposable
{
    private readonly Channel<int> _versions = Channel.CreateBounded<int>(100);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public WatchedVersions(ILeasedMembershipTable table) => _loop = RunAsync(table);

    /// <summary>The next version, in bounded time.</summary>
    public async Task<int> NextAsync() => await _versions.Reader.ReadAsync().AsTask().WaitAsync(TestGuard.Limit);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.WaitAsync(TestGuard.Limit);
        _stop.Dispose();
    }

    private async Task RunAsync(ILeasedMembershipTable table)
    {
        try
        {
            await foreach (var version in table.WatchAsync(_stop.Token)) await _versions.Writer.WriteAsync(version, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // As asked.
        }
        catch (Exception error)
        {
            _versions.Writer.TryComplete(error);
        }
    }
}
