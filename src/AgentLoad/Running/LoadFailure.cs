namespace Actors.AgentLoad.Running;

/// <summary>Something that a hub did wrong, or did not do.</summary>
/// <param name="Peer">Who noticed: its name and its id.</param>
/// <param name="Kind">One word for programs: a breach, dial, closed, quiet, unread.</param>
/// <param name="Text">A sentence.</param>
public sealed record LoadFailure(string Peer, string Kind, string Text);
