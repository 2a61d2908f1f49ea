namespace Orleans;

/// <summary>Which members of a serialisable type get an id without <see cref="IdAttribute"/>.</summary>
public enum GenerateFieldIds
{
    /// <summary>Every member that crosses the wire names its id.</summary>
    None,

    /// <summary>Public properties with a getter and a setter get an id that is computed from their name: renaming one breaks the format.</summary>
    PublicProperties,
}
