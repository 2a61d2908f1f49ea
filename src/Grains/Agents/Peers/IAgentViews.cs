namespace Actors.Grains.Agents;

/// <summary>Which silos hold sockets, as this one knows. Safe for use from any thread.</summary>
public interface IAgentViews
{
    /// <summary>The newest view that this silo has.</summary>
    AgentView Current { get; }

    /// <summary>This run of this silo, which its sessions name as their gateway. Known before the silo takes sockets.</summary>
    /// <exception cref="InvalidOperationException">No view has this silo yet.</exception>
    GatewayRun Local { get; }

    /// <summary>Whether sockets of this gateway are on this silo, in its present run.</summary>
    bool IsLocal(GatewayRun gateway);

    /// <summary>Raised after each change of <see cref="Current"/>, on any thread; a handler must not block or throw.</summary>
    event Action? Changed;
}
