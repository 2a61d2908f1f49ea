using Actors.Grains.Tests.Support;
using Actors.Storage.Pacing;

namespace Actors.Storage.Tests.Pacing;

/// <summary>Waiting for bytes on a virtual clock.</summary>
public sealed class ByteLeaseTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(10);

    private readonly VirtualTime _time = new();

    [Fact]
    public async Task A_piece_is_there_when_its_time_has_come()
    {
        var lease = new ByteLease(_time, burstBytes: 100_000, afterBytesPerSecond: 0);
        lease.Renew(1_000_000, TimeSpan.FromHours(1));
        var started = _time.GetTimestamp();
        for (var piece = 0; piece < 200; piece++)
        {
            var taken = lease.TakeAsync(10_000, CancellationToken.None).AsTask();
            if (!taken.IsCompleted) _time.Pass(11); // the 10 ms of the piece, and up to one that a timer is late
            await taken.WaitAsync(Guard);
        }

        Assert.InRange(_time.GetTimestamp() - started, 2_000, 2_011); // late timers leave credit, so nothing is lost
    }

    [Fact]
    public async Task A_wait_goes_by_the_new_rate_at_once()
    {
        var lease = new ByteLease(_time, 1_000, afterBytesPerSecond: 0);
        var taken = lease.TakeAsync(1_000, CancellationToken.None).AsTask();
        _time.Pass(3_600_000);
        Assert.False(taken.IsCompleted);

        lease.Renew(1_000_000, TimeSpan.FromSeconds(10));
        Assert.Equal(1_000_000, lease.RateBytesPerSecond);
        _time.Pass(1);
        lease.Renew(0, TimeSpan.FromSeconds(10)); // the credit is there by now, whether the wait had begun anew or not
        await taken.WaitAsync(Guard);
    }

    [Fact]
    public async Task A_lease_that_nobody_renews_falls_to_the_low_rate()
    {
        var lease = new ByteLease(_time, 1_000, afterBytesPerSecond: 10);
        lease.Renew(0, TimeSpan.FromSeconds(5));
        var started = _time.GetTimestamp();
        var taken = lease.TakeAsync(100, CancellationToken.None).AsTask();
        _time.Pass(14_999); // 5 s at nothing, then 10 s at 10 bytes a second
        Assert.False(taken.IsCompleted);
        _time.Pass(2);
        await taken.WaitAsync(Guard);

        Assert.Equal(15_001, _time.GetTimestamp() - started);
        Assert.Equal(10, lease.RateBytesPerSecond);
    }

    [Fact]
    public async Task A_cancelled_wait_takes_nothing_and_frees_the_place()
    {
        var lease = new ByteLease(_time, 1_000, afterBytesPerSecond: 0);
        using var stop = new CancellationTokenSource();
        var taken = lease.TakeAsync(1_000, stop.Token).AsTask();
        var second = await Assert.ThrowsAsync<InvalidOperationException>(() => lease.TakeAsync(1, CancellationToken.None).AsTask());
        Assert.Contains("already", second.Message);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taken.WaitAsync(Guard));

        lease.Renew(1_000, TimeSpan.FromSeconds(2));
        _time.Pass(1_000);
        Assert.True(lease.TryTake(1_000));
        Assert.False(lease.TryTake(1));
        await lease.TakeAsync(0, CancellationToken.None);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_is_heeded_when_there_is_nothing_to_take()
    {
        var lease = new ByteLease(_time, 1_000, afterBytesPerSecond: 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lease.TakeAsync(1, new CancellationToken(canceled: true)).AsTask());
        Assert.Equal(0, _time.Armed);
    }

    [Fact]
    public async Task A_renewal_sets_the_burst()
    {
        var lease = new ByteLease(_time, burstBytes: 1_000, afterBytesPerSecond: 0);
        lease.Renew(1_000, TimeSpan.FromHours(1), burstBytes: 5_000);
        _time.Pass(60_000);
        await lease.TakeAsync(5_000, CancellationToken.None).AsTask().WaitAsync(Guard);
        Assert.False(lease.TryTake(1));

        _time.Pass(60_000);
        lease.Renew(1_000, TimeSpan.FromHours(1), burstBytes: 2_000);
        Assert.True(lease.TryTake(2_000)); // what was saved above the smaller one is lost
        Assert.False(lease.TryTake(1));
    }
}
