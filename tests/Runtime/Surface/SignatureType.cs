namespace Actors.Runtime.Tests.Surface;

/// <summary>A type in a signature.</summary>
internal abstract record SignatureType
{
    /// <summary>The type in C#, with what the nullable annotations say: '?' for nullable, '~' for unknown.</summary>
    public abstract string Text(NullableFlags flags);

    /// <summary>True when <c>default</c> rather than <c>null</c> is its default value.</summary>
    public virtual bool IsValue => false;

    /// <summary>A class, struct or primitive.</summary>
    public sealed record Named(string Name, bool Value) : SignatureType
    {
        public override bool IsValue => Value;

        public override string Text(NullableFlags flags) => Value ? Name : Name + flags.Next();
    }

    /// <summary>A generic type with its arguments.</summary>
    public sealed record Generic(string Name, bool Value, IReadOnlyList<SignatureType> Arguments) : SignatureType
    {
        public override bool IsValue => Value && Name != "Nullable";

        public override string Text(NullableFlags flags)
        {
            if (Name == "Nullable")
            {
                return Arguments[0].Text(flags) + "?";
            }

            var own = flags.Next();
            var arguments = string.Join(", ", Arguments.Select(argument => argument.Text(flags)));
            return $"{Name}<{arguments}>{(Value ? "" : own)}";
        }
    }

    /// <summary>An array.</summary>
    public sealed record Array(SignatureType Element, string Brackets) : SignatureType
    {
        public override string Text(NullableFlags flags)
        {
            var own = flags.Next();
            return Element.Text(flags) + Brackets + own;
        }
    }

    /// <summary>A type parameter.</summary>
    public sealed record Parameter(string Name) : SignatureType
    {
        public override string Text(NullableFlags flags) => Name + flags.Next();
    }

    /// <summary>A parameter or result by reference.</summary>
    public sealed record Reference(SignatureType Element) : SignatureType
    {
        public override string Text(NullableFlags flags) => Element.Text(flags);
    }
}
