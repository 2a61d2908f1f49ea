namespace Actors.Grains.Groups;

/// <summary>Records that the machine wants in the log, in one atomic batch, after everything that it asked for before.</summary>
/// <param name="Id">Goes back with <see cref="GroupMachine.WriteEnded"/>, once per write.</param>
/// <param name="Records">At least one.</param>
public sealed record GroupWrite(long Id, GroupRecord[] Records);
