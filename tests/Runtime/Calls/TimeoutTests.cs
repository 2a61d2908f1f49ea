using Actors.Runtime.Tests.Support;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Actors.Runtime.Tests.Calls;

/// <summary>How long a caller waits, on virtual time.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task A_call_without_an_answer_times_out_after_thirty_seconds_and_not_before()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        Task<string> call = silo.Grains.GetGrain<ICallGrain>("x").Ordinary("gate");
        await silo.Probe.Seen("gate+");
        await AdvanceUntil(silo, call, notBefore: 30, atLast: 35);
        TimeoutException error = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("test.call/x", error.Message, StringComparison.Ordinal);
        Assert.Contains("ICallGrain/Ordinary", error.Message, StringComparison.Ordinal);
        silo.Probe.Open("gate");
        await silo.Probe.Seen("gate-");
        Assert.Equal(3, await Guard.Within(silo.Grains.GetGrain<ICallGrain>("x").Add(1, 2), "a call after the late answer"));
    }

    [Fact]
    public async Task A_call_that_waits_in_the_mailbox_times_out_and_is_never_made()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ICallGrain grain = silo.Grains.GetGrain<ICallGrain>("x");
        Task<string> running = grain.Patient("gate");
        await silo.Probe.Seen("gate+");
        Task<string> waiting = grain.Ordinary("never");
        await AdvanceUntil(silo, waiting, notBefore: 30, atLast: 35);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Assert.False(running.IsCompleted);
        silo.Probe.Open("never");
        silo.Probe.Open("gate");
        Assert.Equal("gate", await Guard.Within(running, "the patient call"));
        Assert.Equal(3, await Guard.Within(grain.Add(1, 2), "a call behind"));
        Assert.False(silo.Probe.Has("never+"));
    }

    [Fact]
    public async Task A_call_behind_a_turn_that_blocks_its_thread_times_out()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        IBlockGrain grain = silo.Grains.GetGrain<IBlockGrain>("x");
        Task blocked = grain.Block();
        await silo.Probe.Seen("blocked");
        Task behind = grain.Touch();
        await AdvanceUntil(silo, Task.WhenAll(blocked.ContinueWith(static _ => { }), behind.ContinueWith(static _ => { })), notBefore: 30, atLast: 40);
        await Assert.ThrowsAsync<TimeoutException>(() => blocked);
        await Assert.ThrowsAsync<TimeoutException>(() => behind);
        silo.Probe.Open("unblock");
        await silo.Probe.Seen("unblocked");
    }

    [Fact]
    public async Task A_method_may_have_a_timeout_of_its_own()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        ICallGrain grain = silo.Grains.GetGrain<ICallGrain>("x");
        Task<string> call = grain.Impatient("gate");
        await silo.Probe.Seen("gate+");
        silo.Time.Advance(TimeSpan.FromMilliseconds(499));
        Assert.False(call.IsCompleted);
        silo.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<TimeoutException>(() => Guard.Within(call, "the time-out"));
        silo.Probe.Open("gate");

        Task<string> patient = silo.Grains.GetGrain<ICallGrain>("y").Patient("gate 2");
        await silo.Probe.Seen("gate 2+");
        TimeSpan started = silo.Time.Now;
        silo.Time.Advance(TimeSpan.FromSeconds(299));
        Assert.False(patient.IsCompleted);
        await AdvanceUntil(silo, patient, notBefore: started.TotalSeconds + 300, atLast: started.TotalSeconds + 305);
        await Assert.ThrowsAsync<TimeoutException>(() => patient);
    }

    [Fact]
    public async Task A_timeout_cancels_the_callees_token()
    {
        await using TestSilo silo = await TestSilo.StartAsync(virtualTime: true);
        Task<string> call = silo.Grains.GetGrain<ICallGrain>("x").WaitForToken("t", CancellationToken.None);
        await silo.Probe.Seen("waits t");
        await AdvanceUntil(silo, call, notBefore: 30, atLast: 35);
        await Assert.ThrowsAsync<TimeoutException>(() => call);
        await silo.Probe.Seen("cancelled t");
    }

    [Fact]
    public async Task The_silos_timeout_is_an_option()
    {
        await using TestSilo silo = await TestSilo.StartAsync(
            static builder => builder.Configure<SiloMessagingOptions>(static options => options.ResponseTimeout = TimeSpan.FromSeconds(2)), virtualTime: true);
        Task<string> call = silo.Grains.GetGrain<ICallGrain>("x").Ordinary("gate");
        await silo.Probe.Seen("gate+");
        silo.Time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => Guard.Within(call, "the time-out"));
    }

    private static async Task AdvanceUntil(TestSilo silo, Task done, double notBefore, double atLast)
    {
        await Guard.Until(
            () =>
            {
                if (silo.Time.Now.TotalSeconds < atLast)
                {
                    silo.Time.Advance(TimeSpan.FromSeconds(1));
                }

                return done.IsCompleted || silo.Time.Now.TotalSeconds >= atLast;
            },
            "the time-out");
        await Guard.Within(done.ContinueWith(static _ => { }), "the time-out");
        Assert.True(silo.Time.Now.TotalSeconds >= notBefore, $"It came at {silo.Time.Now}.");
    }
}
