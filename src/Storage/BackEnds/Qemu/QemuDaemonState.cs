namespace Actors.Storage.BackEnds.Qemu;

/// <summary>What a daemon shows.</summary>
/// <param name="Exported">The node that clients read and write: a replica's id, or the mirror's filter over the source while a copy is there.</param>
/// <param name="Nodes">The replicas that it has open.</param>
/// <param name="Job">The mirror; null when there is none.</param>
internal sealed record QemuDaemonState(string Exported, IReadOnlySet<string> Nodes, QemuJob? Job);
