namespace Actors.Runtime.Generator.Models;

/// <summary>How generated code reads or writes a member.</summary>
internal enum MemberAccess
{
    /// <summary>In plain C#.</summary>
    Direct,

    /// <summary>Through the accessor method of the property, which C# would not let us call.</summary>
    Method,

    /// <summary>Through the field, which C# would not let us reach.</summary>
    Field,
}

/// <summary>A member that crosses the wire.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name in the source.</param>
/// <param name="FieldName">The field behind it, for <see cref="MemberAccess.Field"/>.</param>
/// <param name="Codec">The codec of its type.</param>
/// <param name="CopiesByReference">A deep copy shares the value.</param>
/// <param name="Get">How it is read.</param>
/// <param name="Set">How it is written.</param>
internal sealed record MemberModel(
    uint Id, string Name, string FieldName, CodecUse Codec, bool CopiesByReference, MemberAccess Get, MemberAccess Set);
