using Actors.Runtime.Tests.Support;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>Which calls may begin while another is suspended: Orleans' rules.</summary>
public sealed class InterleaveTests
{
    public static TheoryData<string, string, bool, bool> Rules => new()
    {
        // first call, second call, class is reentrant, second may begin
        { "Normal", "Normal", false, false },
        { "Normal", "Read", false, false },
        { "Normal", "Always", false, true },
        { "Normal", "OneWay", false, false },
        { "Read", "Read", false, true },
        { "Read", "Normal", false, false },
        { "Read", "Always", false, true },
        { "Always", "Normal", false, true },
        { "Always", "Read", false, true },
        { "Always", "Always", false, true },
        { "OneWay", "Normal", false, false },
        { "Normal", "Normal", true, true },
        { "Normal", "Read", true, true },
        { "Read", "Normal", true, true },
        { "Normal", "Always", true, true },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task A_second_call_begins_beside_the_first_when_the_rules_allow_it(string first, string second, bool reentrant, bool expected)
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = reentrant ? silo.Grains.GetGrain<IReentrantScriptGrain>("x") : silo.Grains.GetGrain<IScriptGrain>("x");
        Task one = Call(grain, first, "1");
        await silo.Probe.Seen("1+");
        Task two = Call(grain, second, "2");
        if (expected)
        {
            await silo.Probe.Seen("2+");
        }
        else
        {
            // A call that always interleaves comes behind the second in the mailbox: once it has begun, the second has been looked at.
            Task marker = grain.Always("marker");
            await silo.Probe.Seen("marker+");
            Assert.False(silo.Probe.Has("2+"));
            silo.Probe.Open("marker");
            await Guard.Within(marker, "the marker");
        }

        silo.Probe.Open("1");
        await silo.Probe.Seen("1-");
        silo.Probe.Open("2");
        await silo.Probe.Seen("2-");
        await Guard.Within(Task.WhenAll(one, two), "both calls");
    }

    [Fact]
    public async Task Waiting_read_only_calls_run_together_and_a_writer_is_not_starved()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("x");
        var calls = new List<Task> { grain.Normal("w1") };
        await silo.Probe.Seen("w1+");
        calls.Add(grain.Read("r1"));
        calls.Add(grain.Read("r2"));
        calls.Add(grain.Normal("w2"));
        calls.Add(grain.Read("r3"));
        silo.Probe.Open("w1");
        await silo.Probe.Seen("r2+");
        Assert.True(silo.Probe.Has("r1+"));
        Assert.False(silo.Probe.Has("w2+"));
        Assert.False(silo.Probe.Has("r3+"));
        foreach (string gate in (string[])["r1", "r2", "w2", "r3"])
        {
            silo.Probe.Open(gate);
        }

        await Guard.Within(Task.WhenAll(calls), "all calls");
        Assert.Equal("w2+", silo.Probe.Log.First(entry => entry is "w2+" or "r3+"));
    }

    [Fact]
    public async Task An_interleaving_call_that_waited_for_the_activation_passes_a_blocked_one()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IScriptGrain grain = silo.Grains.GetGrain<IScriptGrain>("gated");
        Task<string> first = grain.Normal("1");
        Task<string> second = grain.Normal("2");
        Task<string> always = grain.Always("3");
        await silo.Probe.Seen("activate gated");
        Assert.False(silo.Probe.Has("1+"));
        silo.Probe.Open("activate");
        await silo.Probe.Seen("1+");
        await silo.Probe.Seen("3+");
        Assert.False(silo.Probe.Has("2+"));
        silo.Probe.Open("3");
        silo.Probe.Open("1");
        silo.Probe.Open("2");
        await Guard.Within(Task.WhenAll(first, second, always), "all calls");
    }

    [Fact]
    public async Task A_chain_of_calls_back_into_a_reentrant_grain_does_not_lock_up()
    {
        await using TestSilo silo = await TestSilo.StartAsync();
        IBounceGrain grain = silo.Grains.GetGrain<IBounceGrain>("a");
        Assert.Equal(20, await Guard.Within(grain.Bounce("b", 20), "the chain"));
    }

    private static Task Call(IScriptGrain grain, string kind, string step) => kind switch
    {
        "Normal" => grain.Normal(step),
        "Read" => grain.Read(step),
        "Always" => grain.Always(step),
        _ => grain.OneWay(step),
    };
}
