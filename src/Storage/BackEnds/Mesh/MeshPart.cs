namespace Actors.Storage.BackEnds.Mesh;

/// <summary>What a setting of a mesh belongs to, in the order in which changes are made.</summary>
public enum MeshPart
{
    /// <summary>A node's network interface.</summary>
    Interface,

    /// <summary>The way between two nodes.</summary>
    Path,

    /// <summary>How data goes over it.</summary>
    Option,
}
