namespace Actors.Grains.Agents;

/// <summary>Which connection a row of the log is about.</summary>
/// <param name="Id">Its id; null for something that happened once and has none.</param>
/// <param name="Ordinal">Tells those without an id apart; 0 for those with one.</param>
public readonly record struct ConnectionKey(Guid? Id, long Ordinal);
