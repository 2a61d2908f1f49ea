using System.Net;
using Actors.Storage.Profiles;

namespace Actors.Storage.BackEnds.Mesh;

/// <summary>A link between two nodes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="First">A node, as the storage system names it.</param>
/// <param name="FirstAddress">The address of the link's end there; null: not known.</param>
/// <param name="Second">The other node.</param>
/// <param name="SecondAddress">The address of the end there.</param>
/// <param name="Profile">Settings for its speed.</param>
public sealed record MeshLink(string Name, string First, IPAddress? FirstAddress, string Second, IPAddress? SecondAddress, PacingProfile Profile);
