namespace Actors.Grains.Groups;

/// <summary>One record of <c>__consumer_offsets</c>, before it becomes bytes (<see cref="GroupRecordCodec"/>).</summary>
/// <param name="GroupId">The group whose partition it belongs to.</param>
public abstract record GroupRecord(string GroupId);
