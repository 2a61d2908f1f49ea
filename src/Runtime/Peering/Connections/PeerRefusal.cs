namespace Actors.Runtime.Peering;

/// <summary>Why an attempt to connect failed.</summary>
/// <param name="Evidence">What it says about the silo.</param>
/// <param name="Reason">A sentence for logs.</param>
/// <param name="Answering">The silo that answers in its place; null unless it proved that it knows the cluster's secret.</param>
internal sealed record PeerRefusal(PeerEvidence Evidence, string Reason, PeerIdentity? Answering = null);
