namespace Actors.Grains.Groups;

/// <summary>The one answer to the command that carried <paramref name="Ticket"/>.</summary>
/// <param name="Ticket">The number that came with the command.</param>
/// <param name="Answer">
/// <see cref="GroupJoinAnswer"/>, <see cref="GroupSyncAnswer"/>, <see cref="GroupCommitAnswer"/>, or a boxed short for
/// <see cref="GroupMachine.Delete"/> and <see cref="GroupMachine.ExpireOffsets"/>.
/// </param>
public readonly record struct GroupReply(long Ticket, object Answer);
