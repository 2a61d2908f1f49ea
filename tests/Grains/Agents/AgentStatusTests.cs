using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

public sealed class AgentStatusTests
{
    private const long TimeoutMs = 120_000;
    private const long InactiveMs = 30_000;

    [Theory]
    [InlineData(120_000, TimeoutMs, AgentStatus.Connecting)]
    [InlineData(120_001, TimeoutMs, AgentStatus.Timeout)]
    [InlineData(1_000_000_000, 0, AgentStatus.Connecting)]
    public void An_agent_that_was_never_there_is_awaited_for_a_while(long ageMs, long timeoutMs, AgentStatus expected)
    {
        Assert.Equal(expected, new AgentTimes { CreatedAtUtcMs = 5 }.StatusAt(5 + ageMs, timeoutMs, InactiveMs, out var endedUtcMs));
        Assert.Null(endedUtcMs);
    }

    [Theory]
    [InlineData(null, 1_000_000, AgentStatus.Connected, null)]
    [InlineData(null, 1_030_000, AgentStatus.Connected, null)]
    [InlineData(null, 1_030_001, AgentStatus.Disconnected, 1_000_000L)] // silent: its end is its last sign of life
    [InlineData(999_999L, 1_000_000, AgentStatus.Connected, null)] // it came back since
    [InlineData(999_999L, 1_030_001, AgentStatus.Disconnected, 1_000_000L)]
    [InlineData(1_000_000L, 1_000_000, AgentStatus.Disconnected, 1_000_000L)]
    [InlineData(1_000_500L, 9_000_000, AgentStatus.Disconnected, 1_000_500L)]
    public void An_agent_that_was_there_is_there_until_it_ends_or_is_silent(long? endedAtMs, long nowMs, AgentStatus expected, long? sinceMs)
    {
        var times = new AgentTimes
        {
            CreatedAtUtcMs = 1,
            FirstConnectedAtUtcMs = 500_000,
            LastConnectedAtUtcMs = 1_000_000,
            DisconnectedAtUtcMs = endedAtMs,
        };
        Assert.Equal(expected, times.StatusAt(nowMs, TimeoutMs, InactiveMs, out var endedUtcMs));
        Assert.Equal(sinceMs, endedUtcMs);
    }
}
