using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

public sealed class AdmissionGateTests
{
    private static readonly AdmissionOptions Options = new() { AcceptsPerSecond = 100, Burst = 10, MaxRetryAfterMs = 60_000 };

    [Fact]
    public void A_burst_is_taken_at_once_and_then_so_many_a_second()
    {
        var gate = new AdmissionGate(Options);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(0, gate.TryEnter(5_000)));
        Assert.NotEqual(0, gate.TryEnter(5_000));
        Assert.NotEqual(0, gate.TryEnter(5_009));
        Assert.Equal(0, gate.TryEnter(5_010));
        Assert.NotEqual(0, gate.TryEnter(5_010));
        Assert.Equal(3, gate.Refused);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(0, gate.TryEnter(9_000)));
        Assert.NotEqual(0, gate.TryEnter(9_000));
    }

    [Fact]
    public void The_more_are_refused_the_longer_they_are_told_to_wait()
    {
        var gate = new AdmissionGate(Options);
        var advice = Enumerable.Range(0, 10_000).Select(_ => gate.TryEnter(0)).ToArray()[10..];
        Assert.Equal(1_000, advice[0]);
        Assert.Equal(advice.Order(), advice);
        Assert.Equal(60_000, advice[^1]);
    }

    /// <summary>Everybody comes at once and takes the advice: all are in within twice the least time that it can take, and few have to ask often.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_storm_passes_at_about_the_rate_at_which_it_can(int seed)
    {
        var random = new Random(seed);
        var gate = new AdmissionGate(new AdmissionOptions { AcceptsPerSecond = 1_000, Burst = 1_000 });
        var waiting = new PriorityQueue<int, long>(Enumerable.Range(0, 30_000).Select(number => (0, (long)(number % 50))));
        var tries = 0;
        var lastMs = 0L;
        while (waiting.TryDequeue(out _, out var nowMs))
        {
            tries++;
            var retryAfterMs = gate.TryEnter(nowMs);
            if (retryAfterMs == 0)
                lastMs = nowMs;
            else
                waiting.Enqueue(0, nowMs + 1 + random.NextInt64(retryAfterMs));
        }

        Assert.InRange(lastMs, 28_000, 62_000);
        Assert.InRange(tries, 30_000, 120_000);
    }
}
