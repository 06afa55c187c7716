/** GeoJSON of the United Kingdom and its neighbours, as a string: parsing it is faster than an object literal. */
declare module "virtual:outline" {
  const text: string;
  export default text;
}
