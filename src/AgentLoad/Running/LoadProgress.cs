namespace Actors.AgentLoad.Running;

/// <summary>How far a run has come; a glance that any thread may take.</summary>
/// <param name="Online">Peers that are connected.</param>
/// <param name="Peers">All peers.</param>
/// <param name="Unsettled">Ends of tunnels that do not know the newest yet.</param>
/// <param name="Updates">Updates that were sent in the traffic.</param>
/// <param name="Delivered">Updates that arrived.</param>
/// <param name="Failures">Failures so far.</param>
public sealed record LoadProgress(int Online, int Peers, int Unsettled, long Updates, long Delivered, long Failures)
{
    /// <summary>Nothing yet.</summary>
    public static LoadProgress Nothing { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The sum of several runs.</summary>
    public LoadProgress Add(LoadProgress other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(
            Online + other.Online, Peers + other.Peers, Unsettled + other.Unsettled,
            Updates + other.Updates, Delivered + other.Delivered, Failures + other.Failures);
    }
}
