using Actors.Grains.Tests.Support;
using Actors.Storage.BackEnds;
using Actors.Storage.BackEnds.Paced;
using Actors.Storage.Load;
using Actors.Storage.Migrations;
using Actors.Storage.Pacing;
using Actors.Storage.Tests.Load;

namespace Actors.Storage.Tests.BackEnds.Paced;

/// <summary>Rates are set turn by turn, and nothing that was worked out before is set after something else was lent.</summary>
public sealed class PacedBackEndTests : IAsyncDisposable
{
    private const long Lent = 150_000_000;

    private readonly VirtualTime _time = new();
    private readonly MeteredBackEnd _inner = new();
    private readonly PacedBackEnd _backEnd;

    public PacedBackEndTests() => _backEnd = new PacedBackEnd(_inner, new DiskActivity(new FakeDisks()), _time);

    public ValueTask DisposeAsync() => _backEnd.DisposeAsync();

    [Fact]
    public async Task A_copy_begins_slowly_is_shown_at_what_is_lent_and_is_looked_at_every_turn()
    {
        await StartAsync();
        Assert.InRange(Assert.Single(_inner.Effects).Rate.BytesPerSecond, 1, 10 << 20);
        var view = (await _backEnd.ReadAsync("v", "hot", CancellationToken.None))!;
        Assert.Equal((Lent, 7), (view.SpeedBytesPerSecond, view.CopiedBytes));

        for (var turn = 0; turn < 3; turn++)
        {
            await ArmedAsync();
            _time.Pass(100);
            var rate = await _inner.NextRenewalAsync().AsTask().WaitAsync(TestGuard.Limit);
            Assert.InRange(rate.BytesPerSecond, 0, Lent);
            Assert.InRange(rate.TimeToLive.TotalMilliseconds, 4_600, 4_900);
        }
    }

    [Fact]
    public async Task Less_that_is_lent_is_in_force_when_the_call_returns()
    {
        await StartAsync();
        await _backEnd.RenewAsync("v", Rate(1_000), CancellationToken.None).WaitAsync(TestGuard.Limit);
        Assert.Equal(1_000, (await _inner.NextRenewalAsync().AsTask().WaitAsync(TestGuard.Limit)).BytesPerSecond);

        _inner.Failure = new BackEndException("its disk is gone", isPermanent: false);
        await Assert.ThrowsAsync<BackEndException>(() => _backEnd.RenewAsync("v", Rate(900), CancellationToken.None).WaitAsync(TestGuard.Limit));
    }

    [Fact]
    public async Task A_copy_that_was_stopped_or_has_ended_is_not_touched_any_more()
    {
        await StartAsync();
        await _backEnd.PerformAsync(Effect(MigrationEffect.StopCopy), CancellationToken.None).WaitAsync(TestGuard.Limit);
        Assert.Equal(0, _time.Armed);
        await StartAsync();
        _inner.IsCopying = false;
        Assert.Null((await _backEnd.ReadAsync("v", "hot", CancellationToken.None))!.CopiedBytes);
        Assert.Equal(0, _time.Armed);
        Assert.Equal(0, _inner.Renewals);
    }

    [Fact]
    public async Task Without_pacing_everything_goes_straight_through()
    {
        await _backEnd.PerformAsync(Effect(MigrationEffect.StartCopy) with { Rate = new CopyRate(Lent, TimeSpan.FromSeconds(5)) }, CancellationToken.None);
        Assert.Equal(Lent, Assert.Single(_inner.Effects).Rate.BytesPerSecond);
        Assert.Equal(5, (await _backEnd.ReadAsync("v", "hot", CancellationToken.None))!.SpeedBytesPerSecond);
        await _backEnd.RenewAsync("v", new CopyRate(3, TimeSpan.FromSeconds(5)), CancellationToken.None);
        Assert.Equal(3, (await _inner.NextRenewalAsync()).BytesPerSecond);
    }

    private static CopyRate Rate(long lent) => new(lent, TimeSpan.FromSeconds(5), CopyPacing.OverNoLink(8 << 20));

    private static VolumeEffect Effect(MigrationEffect effect) => new("v", effect, "cold", "hot", "r2", Rate(Lent));

    private async Task StartAsync()
    {
        var started = _backEnd.PerformAsync(Effect(MigrationEffect.StartCopy), CancellationToken.None);
        await _inner.NextRenewalAsync().AsTask().WaitAsync(TestGuard.Limit); // what is lent is set anew once it runs
        await started.WaitAsync(TestGuard.Limit);
    }

    private Task ArmedAsync() => TestGuard.UntilAsync(() => _time.Armed == 1, "the next turn is waited for");
}
