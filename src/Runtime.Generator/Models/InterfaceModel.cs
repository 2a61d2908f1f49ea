namespace Actors.Runtime.Generator.Models;

/// <summary>A grain or observer interface.</summary>
/// <param name="TypeName">Fully qualified.</param>
/// <param name="MangledName">The part of generated names that stands for it.</param>
/// <param name="WireName">Its alias, or its full name.</param>
/// <param name="Version">From [Version]; 0 when there is none.</param>
/// <param name="IsPublic">Other assemblies may derive from it.</param>
/// <param name="Methods">Its own methods, for which requests are made.</param>
/// <param name="InheritedMethods">Methods of the interfaces it derives from, whose requests exist already.</param>
internal sealed record InterfaceModel(
    string TypeName,
    string MangledName,
    string WireName,
    int Version,
    bool IsPublic,
    EquatableArray<MethodModel> Methods,
    EquatableArray<MethodModel> InheritedMethods);
