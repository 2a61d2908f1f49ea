namespace Actors.Runtime.Cluster;

/// <summary>
/// Write a member's row if the table still has the view of this number, read the table, and then call
/// <see cref="ClusterMachine.TableRead"/> and <see cref="ClusterMachine.WriteEnded"/>. One at a time.
/// </summary>
internal sealed record WriteMemberOutput(long ExpectedVersion, ViewMember Member) : ClusterOutput;
