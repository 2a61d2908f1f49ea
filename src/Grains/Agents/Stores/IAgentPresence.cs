using Actors.Agents;

namespace Actors.Grains.Agents;

/// <summary>
/// Takes down what becomes of agents. Nothing is waited for and nothing is thrown, whatever the store does: it is written as soon as the store
/// takes it. Times are milliseconds since 1970-01-01 UTC, all of one connection by one clock. Safe to use from any thread.
/// </summary>
public interface IAgentPresence
{
    /// <summary>A connection has begun; written at once.</summary>
    void Connected(Guid agent, long epoch, long atUtcMs);

    /// <summary>A sign of life; written with others.</summary>
    void Alive(Guid agent, long epoch, long atUtcMs);

    /// <summary>A connection has ended; written at once.</summary>
    void Disconnected(Guid agent, long epoch, long atUtcMs);

    /// <summary>The agent said how far it has come; written at once.</summary>
    void Lifecycle(Guid agent, AgentLifecycle state, long atUtcMs);
}
