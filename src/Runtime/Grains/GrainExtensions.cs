using Orleans.Runtime;

namespace Orleans;

/// <summary>Identity and other interfaces of grains and references.</summary>
public static class GrainExtensions
{
    /// <summary>A reference to this grain, to hand to others; a grain never hands out <c>this</c>.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => (TGrainInterface)AsReference(grain, typeof(TGrainInterface));

    /// <inheritdoc cref="AsReference{TGrainInterface}(IAddressable)"/>
    public static object AsReference(this IAddressable grain, Type interfaceType)
    {
        GrainReference reference = Reference(grain);
        return interfaceType.IsInstanceOfType(reference) ? reference : reference.Shared.Sender.Cast(reference, interfaceType);
    }

    /// <summary>The same grain through another of its interfaces.</summary>
    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) => AsReference<TGrainInterface>(grain);

    /// <inheritdoc cref="Cast{TGrainInterface}(IAddressable)"/>
    public static object Cast(this IAddressable grain, Type interfaceType) => AsReference(grain, interfaceType);

    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase instance => instance.GrainContext.GrainId,
        _ => throw NotAddressable(grain),
    };

    public static string GetPrimaryKeyString(this IAddressable grain) => GetGrainId(grain).Key.ToString();

    public static long GetPrimaryKeyLong(this IAddressable grain) => GetGrainId(grain).GetIntegerKey();

    public static Guid GetPrimaryKey(this IAddressable grain) => GetGrainId(grain).GetGuidKey();

    private static GrainReference Reference(IAddressable grain) => grain switch
    {
        GrainReference reference => reference,
        IGrainBase instance => instance.GrainContext.GrainReference,
        _ => throw NotAddressable(grain),
    };

    private static ArgumentException NotAddressable(IAddressable grain) =>
        new($"{grain?.GetType().FullName ?? "null"} is neither a grain nor a reference to one.", nameof(grain));
}
