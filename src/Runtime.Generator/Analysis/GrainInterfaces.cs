using Microsoft.CodeAnalysis;

namespace Actors.Runtime.Generator.Analysis;

/// <summary>Recognises grain interfaces and grain classes.</summary>
internal static class GrainInterfaces
{
    /// <summary>The interfaces by which Orleans marks grains; no calls go through them.</summary>
    public static bool IsMarker(INamedTypeSymbol type) =>
        Names.Full(type) is Names.Addressable or Names.Grain or "Orleans.IGrainObserver" or "Orleans.IGrainWithStringKey" or "Orleans.IGrainWithIntegerKey"
            or "Orleans.IGrainWithGuidKey" or "Orleans.IGrainWithIntegerCompoundKey" or "Orleans.IGrainWithGuidCompoundKey" or "Orleans.Runtime.IGrainExtension";

    /// <summary>True for what references can be made of.</summary>
    public static bool IsAddressable(INamedTypeSymbol type) =>
        Names.Full(type) == Names.Addressable || type.AllInterfaces.Any(static one => Names.Full(one) == Names.Addressable);

    /// <summary>True for classes that implement a grain interface, apart from references.</summary>
    public static bool IsGrainClass(INamedTypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Class || !type.AllInterfaces.Any(static one => Names.Full(one) == Names.Grain))
        {
            return false;
        }

        for (var basis = type.BaseType; basis is not null; basis = basis.BaseType)
        {
            if (Names.Full(basis) == Names.GrainReference)
            {
                return false;
            }
        }

        return true;
    }
}
