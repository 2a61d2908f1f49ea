using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

/// <summary>Silos that a test changes.</summary>
internal sealed class FixedViews(AgentView view) : IAgentViews
{
    public event Action? Changed;

    public AgentView Current { get; private set; } = view;

    public GatewayRun Local => new(1, 1, 0);

    public bool IsLocal(GatewayRun gateway) => (gateway.NodeId, gateway.Generation) == (1, 1);

    public void Change(AgentView next)
    {
        Current = next;
        Changed?.Invoke();
    }
}
