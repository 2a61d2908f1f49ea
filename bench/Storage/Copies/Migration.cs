using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;

namespace Actors.Bench.Storage.Copies;

/// <summary>One volume that is copied for as long as this runs: when its copy is whole it is removed and made anew. Its rate is renewed as a volume's grain does, every second at least.</summary>
internal sealed class Migration : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(5);

    private readonly IVolumeBackEnd _backEnd;
    private readonly ICopyMeter _meter;
    private readonly string _volume;
    private readonly Func<Task<CopyRate>> _rate;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private long _copiedBefore;

    /// <param name="world">Where the volume is.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="rate">The rate at this time.</param>
    public Migration(CopyWorld world, string volume, Func<Task<CopyRate>> rate)
    {
        (_backEnd, _meter, _volume, _rate) = (world.Paced, world.Meter, volume, rate);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Copied since it began. Bytes.</summary>
    public long CopiedBytes => Interlocked.Read(ref _copiedBefore) + (_meter.CopiedBytes(_volume) ?? 0);

    /// <summary>A rate as it is lent.</summary>
    public static CopyRate Lent(long bytesPerSecond, Actors.Storage.Pacing.CopyPacing? pacing) => new(bytesPerSecond, TimeToLive, pacing);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var view = (await _backEnd.ReadAsync(_volume, CopyWorld.Hot, CancellationToken.None))!;
            var target = view.Replicas.FirstOrDefault(static replica => replica.Pool == CopyWorld.Hot);
            if (target is null)
            {
                await DoAsync(MigrationEffect.CreateTarget, null);
            }
            else if (target.IsInSync)
            {
                await RemoveAsync(target);
            }
            else if (!view.IsCopying)
            {
                await DoAsync(MigrationEffect.StartCopy, target.Id);
            }
            else
            {
                await _backEnd.RenewAsync(_volume, await _rate(), CancellationToken.None);
                await Task.Delay(Look, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await DoAsync(MigrationEffect.StopCopy, null);
        var last = (await _backEnd.ReadAsync(_volume, CopyWorld.Hot, CancellationToken.None))!;
        if (last.Replicas.FirstOrDefault(static replica => replica.Pool == CopyWorld.Hot) is { } left) await DoAsync(MigrationEffect.RemoveReplica, left.Id);
    }

    private async Task RemoveAsync(ReplicaView whole)
    {
        Interlocked.Add(ref _copiedBefore, whole.SyncedBytes);
        await DoAsync(MigrationEffect.RemoveReplica, whole.Id);
    }

    private async Task DoAsync(MigrationEffect effect, string? replica) =>
        await _backEnd.PerformAsync(new VolumeEffect(_volume, effect, CopyWorld.Cold, CopyWorld.Hot, replica, await _rate()), CancellationToken.None);
}
