namespace Actors.Storage.BackEnds.Linstor.Mesh;

/// <summary>What of a mesh LINSTOR has.</summary>
/// <param name="Interfaces">Each node's interfaces: their addresses by their names.</param>
/// <param name="Connections">The properties of two nodes' connection, the name that comes first in ordinal order first.</param>
/// <param name="Controller">The controller's properties.</param>
internal sealed record LinstorNetwork(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Interfaces,
    IReadOnlyDictionary<(string First, string Second), IReadOnlyDictionary<string, string>> Connections,
    IReadOnlyDictionary<string, string> Controller);
