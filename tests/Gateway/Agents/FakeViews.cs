using Actors.Grains.Agents;

namespace Actors.Gateway.Tests.Agents;

/// <summary>One silo, in view 7.</summary>
internal sealed class FakeViews : IAgentViews
{
    public event Action? Changed
    {
        add { }
        remove { }
    }

    public AgentView Current { get; } = new(7, new HashSet<(int, int)> { (1, 3) });

    public GatewayRun Local { get; } = new(1, 3, 7);

    public bool IsLocal(GatewayRun gateway) => gateway == Local;
}
