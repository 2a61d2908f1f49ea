namespace Actors.Grains.Agents;

/// <summary>Which connection a row of the log is about.</summary>
/// <param name="Agent">The agent; what one reports never changes the row of another.</param>
/// <param name="Id">The connection's id; null for something that happened once and has none.</param>
/// <param name="Ordinal">Tells those without an id apart, over all silos; 0 for those with one.</param>
public readonly record struct ConnectionKey(Guid Agent, Guid? Id, long Ordinal);
